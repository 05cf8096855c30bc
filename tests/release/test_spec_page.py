"""The page docs/spec/accord.md says what the code does: its table of standings and its list of rules."""

import re
from pathlib import Path

from stafftalks.accord.sheet import ACTS, STATES, TRANSITIONS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spec" / "accord.md").read_text()


def rows(after: str) -> list[list[str]]:
    """The cells of the first table after a heading or sentence, its header first."""
    text = PAGE[PAGE.index(after) :]
    table = re.search(r"^\|.*?(?=\n[^|]|\Z)", text, re.DOTALL | re.MULTILINE)
    assert table is not None
    lines = [line for line in table[0].splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_of_standings_is_the_one_the_code_runs() -> None:
    header, *body = rows("## Standing")
    assert header[1:] == list(ACTS)
    written = {(row[0], act): cell for row in body for act, cell in zip(ACTS, row[1:], strict=True) if cell}
    assert [row[0] for row in body] == list(STATES)
    assert written == dict(TRANSITIONS)


def test_every_rule_of_the_desk_is_on_the_page_and_no_other() -> None:
    sources = [
        *(ROOT / "src/stafftalks/release").glob("*.py"),
        ROOT / "src/stafftalks/accord/terms.py",
        *(ROOT / "src/stafftalks/values").glob("label*.py"),
        ROOT / "src/stafftalks/values/policies.py",
    ]
    ruled = {rule for path in sources for rule in re.findall(r'Refusal\(\s*"([a-z-]+)"', path.read_text())}
    listed = {
        rule.strip()
        for heading in ("`admit_release`:", "`admit_act`:")
        for row in rows(heading)[1:]
        for rule in row[0].split(",")
    } | {"opening-charter", "opening-previous"}
    assert listed == ruled
