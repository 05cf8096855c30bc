"""Elements from files and settings: every fault is told with its file, item and field, and nothing is half imported."""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.cli import contents
from stafftalks.planning import forms
from stafftalks.planning.kinds import KINDS, kind_of
from stafftalks.planning.plain import to_plain
from stafftalks.values.errors import MisuseError
from tests.cli.stage import Terminal

LIST = """
- kind: report
  title: The proposal was made
  said: Joint military planning was proposed a few weeks before.
  hops:
    - {actor: US officials, relation: stated}
    - {actor: Axios, relation: reported, grade: B2}
- kind: scenario
  title: Storm surge
  branches: [{id: B1, title: Dikes hold, likelihood: likely}]
- kind: exercise
  title: January
  days: 4
  window: 2023-01-23 to 2023-01-26
"""
BAD = """
- {kind: report, title: Without a statement}
- {kind: scenario, title: Good}
- {kind: sceanrio, title: Misspelt}
- just text
- {kind: exercise, title: Too long, days: 9999999, colour: red}
"""


def test_a_file_of_elements_is_imported_whole(meridia: Terminal, tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text(LIST)
    imported = meridia.reads("element", "import", "list.yaml", who="pia")
    assert [line["kind"] for line in imported["added"]] == ["report", "scenario", "exercise"]
    assert meridia.reads("element", "list")["total"] == 3
    shown = meridia.does("element", "show", imported["added"][0]["id"][:8]).out
    assert "Joint military planning was proposed" in shown
    assert "usually reliable" in shown.lower()


def test_json_is_read_as_well_and_shown_content_can_be_imported_again(meridia: Terminal, tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text(LIST)
    added = meridia.reads("element", "import", "list.yaml", who="pia")["added"]
    pages = [meridia.reads("element", "show", line["id"]) for line in added]
    (tmp_path / "again.json").write_text(json.dumps([page["content"] for page in pages]))
    again = meridia.reads("element", "import", "again.json", who="pia")["added"]
    for page, line in zip(pages, again, strict=True):
        assert meridia.reads("element", "show", line["id"])["content"] == page["content"]


def test_nothing_is_imported_where_one_item_has_a_fault(meridia: Terminal, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    typed = meridia.type("element", "import", "bad.yaml", who="pia")
    assert typed.code == 1
    lines = typed.err.splitlines()
    assert any(line.startswith("bad.yaml, item 1 (report), said:") for line in lines)
    assert any(line.startswith("bad.yaml, item 3") and "sceanrio" in line for line in lines)
    assert any(line.startswith("bad.yaml, item 4: it needs `kind`") for line in lines)
    assert any(line.startswith("bad.yaml, item 5 (exercise), colour:") for line in lines)
    assert not any("item 2" in line for line in lines)
    assert meridia.reads("element", "list")["total"] == 0


def test_only_the_clean_items_are_imported_where_that_is_asked_for(meridia: Terminal, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    typed = meridia.does("element", "import", "bad.yaml", "--only-clean", "--json", who="pia")
    assert [line["title"] for line in typed.json["added"]] == ["Good"]
    assert len(typed.json["left_out"]) == len(typed.err.splitlines()) >= 4


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is not YAML or JSON: .* line 1"),
        ("title: x", "must hold a list"),
        ("- &a {kind: report}\n- *a", "anchors and aliases"),
        ("- {kind: report, kind: plan}", "'kind' is given twice"),
        ("- {1: x}", "name must be text"),
        ("[" * 5000, "nested too deep|not YAML"),
        ("- !!python/object:os.system x", "is not YAML or JSON"),
        ("- 2023-99-99", "it needs `kind`"),
        ("a\n---\nb", "is not YAML or JSON"),
        ("", "must hold a list"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    meridia: Terminal, tmp_path: Path, text: str, why: str
) -> None:
    (tmp_path / "file.yaml").write_text(text)
    typed = meridia.type("element", "import", "file.yaml", who="pia")
    assert typed.code == 1
    assert "file.yaml" in typed.err
    assert re.search(why, typed.err)


def test_files_that_are_not_there_not_text_or_too_large_are_refused(meridia: Terminal, tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"- caf\xe9")
    (tmp_path / "large").write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    for name, why in {
        "none": "No such file",
        "latin": "not UTF-8 text: byte 5",
        "large": "larger than",
        ".": "directory",
    }.items():
        typed = meridia.type("element", "import", name, who="pia")
        assert typed.code == 1
        assert why in typed.err


@given(st.binary(max_size=200))
def test_any_bytes_are_items_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed"
    path.write_bytes(raw)
    try:
        clean, faults = contents.many(str(path))
    except MisuseError:
        return
    assert all(kind_of(content) in KINDS for content in clean)
    assert all(fault.sentence for fault in faults)


def test_dates_stay_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "dates").write_text("- {kind: exercise, title: 2023-01-24, window: {start: 2023-01-23}}")
    ((content,), faults) = contents.many(str(tmp_path / "dates"))
    assert not faults
    assert content.title == "2023-01-24"


def test_fields_are_revised_one_by_one_and_the_rest_stays(meridia: Terminal, tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text(LIST)
    element = meridia.reads("element", "import", "list.yaml", who="pia")["added"][1]["id"]
    before = meridia.reads("element", "show", element)
    meridia.does("element", "revise", element, "--set", "branches.0.title=Dikes fail", who="pia")
    after = meridia.reads("element", "show", element)
    assert after["content"]["branches"][0] == {**before["content"]["branches"][0], "title": "Dikes fail"}
    assert after["content"]["title"] == "Storm surge"
    assert [line["version"] for line in after["versions"]] == [before["version"], after["version"]]
    assert "Dikes" in meridia.does("element", "diff", element).out
    changes = meridia.reads("element", "diff", element, before["version"][:6], after["version"][:6])["changes"]
    assert [change["label"] for change in changes] != []
    assert meridia.reads("element", "show", element, "--version", before["version"][:6])["content"] == before["content"]
    assert "Nothing changed" in meridia.does("element", "revise", element, "--set", "title=Storm surge", who="pia").out


def test_a_revision_based_on_an_old_version_is_refused(meridia: Terminal) -> None:
    added = meridia.reads("element", "add", "--kind", "scenario", "--set", "title=One", who="pia")
    meridia.does("element", "revise", added["id"], "--set", "title=Two", who="oda")
    words = ("element", "revise", added["id"], "--set", "title=Three", "--based-on", added["version"])
    typed = meridia.type(*words, who="pia")
    assert typed.code == 1
    assert "Nothing was overwritten" in typed.err
    assert meridia.reads("element", "list")["elements"][0]["title"] == "Two"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_comes_back_the_same_through_settings(kind: str, planned: dict[str, object]) -> None:
    content = forms.parse_mapping(kind, planned[kind])  # type: ignore[arg-type]
    assert not isinstance(content, forms.FormErrors), content
    assert to_plain(contents.changed(content, "", [])) == to_plain(content)


@pytest.fixture
def planned() -> dict[str, object]:
    """One content of every kind, with rows, windows and references where the kind has them."""
    about = f"XTV/{'a' * 26}/{'b' * 52}"
    texts = """
report: {title: R, said: "It was said.\\n\\nTwice.", hops: [{actor: A, relation: stated, to: B}], grade: B2}
assessment: {title: A, question: "Will it?", judgement: "Yes.", likelihood: likely}
indicator: {title: I, watched: Ships leave., actions: [Call, Write]}
scenario: {title: S, branches: [{id: B1, title: One}, {id: B2, title: Two, after: B1}]}
requirement: {title: Q, capability: Boats}
plan: {title: P}
activity: {title: T}
force: {title: F}
option: {title: O, criteria: [{criterion: Speed, weight: "3", score: "7"}], contributions: [{what: Boats, party: XMR, quantity: 4 items}]}
anchor: {title: C, anchor: C, at: 2027-05-04}
engagement: {title: G, attendees: [{name: A, party: XTV}], raised: [{topic: Scope, said: "Does it?"}]}
minutes: {title: M, agenda: [{id: "1", item: Ports, positions: [{party: XMR, position: "Two."}], actions: [{what: Send, due: C+3}]}]}
exercise: {title: E, days: 4, window: {start: 2023-01-23, end: 2023-01-26}, participants: [{party: US, personnel: about 6400}]}
comment: {about: ABOUT, text: "So, so."}
position: {about: ABOUT, stance: object}
suggestion: {about: ABOUT, field: title, proposed: Other}
adoption: {about: ABOUT}
resource: {title: Apron, sort: airfield, capacity: 12 items}
consent-request: {about: ABOUT, recipient: XNO, until: 2027-05-04}
consent: {about: ABOUT, source: ABOUT, recipient: XNO, verdict: granted, until: 2027-05-04}
acknowledgement: {about: ABOUT, readers: "3"}
letter: {title: L, partner: XTV, valid_until: 2027-05-04, ceilings: [{policy: XMR, classification: SECRET, categories: [REL TO]}], kinds: [plan]}
"""
    found: dict[str, object] = yaml.load(texts.replace("ABOUT", about), Loader=yaml.BaseLoader)
    for kind, mapping in found.items():
        assert isinstance(mapping, dict)
        for field in forms.describe(kind).fields:
            if field.required and field.name not in mapping:
                mapping[field.name] = (
                    field.choices[0].value
                    if field.choices
                    else {"quantity": "4 boats", "count": "4"}.get(field.widget, "x")
                )
    return found


def test_settings_that_say_nothing_or_clash_are_refused() -> None:
    for settings, why in (
        (["title"], "sets nothing"),
        (["=x"], "sets nothing"),
        (["a.=x"], "sets nothing"),
        (["a=x", "a.b=y"], "text of its own"),
        (["a.b=y", "a=x"], "parts of it"),
    ):
        with pytest.raises(MisuseError, match=why):
            contents.nested(settings)
    assert contents.nested(["a.b=1=2", "a.c=x", "d=1", "d=2"]) == {"a": {"b": "1=2", "c": "x"}, "d": ["1", "2"]}


def test_a_file_and_settings_go_together_and_an_unknown_field_is_named(meridia: Terminal, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("{kind: scenario, title: Storm, branches: [{id: B1, title: One}]}")
    added = meridia.reads("element", "add", "--file", "one.yaml", "--set", "branches.0.title=Other", who="pia")
    assert meridia.reads("element", "show", added["id"])["content"]["branches"][0]["title"] == "Other"
    unknown = meridia.type("element", "add", "--file", "one.yaml", "--set", "colour=red", who="pia")
    assert unknown.code == 1
    assert "colour" in unknown.err
    other = meridia.type("element", "add", "--kind", "plan", "--file", "one.yaml", who="pia")
    assert "holds a scenario, not a plan" in other.err
    assert "Give the content" in meridia.type("element", "add", "--kind", "plan", who="pia").err
    assert "--kind KIND" in meridia.type("element", "add", "--set", "title=x", who="pia").err
    assert (
        "no kind of element called 'plam'"
        in meridia.type("element", "add", "--kind", "plam", "--set", "title=x", who="pia").err
    )


def test_the_story_of_january_2023_can_be_typed_in(meridia: Terminal, tmp_path: Path) -> None:
    story = Path(__file__).parents[3] / "shared" / "data" / "january-2023.yaml"
    if not story.exists():
        pytest.skip("the file of public facts, shared/data/january-2023.yaml, is not beside this checkout")
    facts = yaml.safe_load(story.read_text())
    items = [
        {"kind": "report", "title": line["said"][:100], "said": line["said"], "hops": [{"actor": hop, "relation": "stated"} for hop in line["hops"]]}
        for line in facts["statements"]
    ]  # fmt: skip
    (tmp_path / "story.yaml").write_text(yaml.safe_dump(items))
    assert len(meridia.reads("element", "import", "story.yaml", who="pia")["added"]) == len(facts["statements"]) > 0


def test_a_table_is_imported_with_its_kind_all_or_none(meridia: Terminal, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Activity,Start,After,Colour\nSweep,C+3,,red\nEscort,C+x,Sweep,blue\n")
    failed = meridia.type("element", "import", "list.csv", "--kind", "activity", who="pia")
    assert failed.code
    assert "list.csv, row 3: Column “Start”: 'C+x' is not a relative time" in " ".join(failed.err.split())
    assert meridia.reads("element", "list")["total"] == 0
    (tmp_path / "list.csv").write_text("Activity,Start,After,Colour\nSweep,C+3,,red\nEscort,C+5,Sweep,blue\n")
    added = meridia.reads("element", "import", "list.csv", "--kind", "activity", who="pia")["added"]
    sweep, escort = added
    shown = meridia.reads("element", "show", escort["id"])["content"]
    assert shown["after"][0]["element"] == sweep["id"]
    again = meridia.type("element", "import", "list.csv", "--kind", "activity", who="pia")
    assert "here already" in " ".join(again.err.split())


def test_a_version_is_written_as_a_file_and_no_file_is_overwritten(meridia: Terminal, tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text(LIST)
    added = meridia.reads("element", "import", "list.yaml", who="pia")["added"]
    for form, start in (("docx", b"PK"), ("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        written = meridia.reads("element", "export", added[1]["id"], "-o", f"surge.{form}", who="pia")
        raw = (tmp_path / f"surge.{form}").read_bytes()
        assert raw.startswith(start)
        assert written == {
            "file": f"surge.{form}", "format": form, "id": added[1]["id"], "version": added[1]["version"], "bytes": len(raw),
        }  # fmt: skip
    assert "exists already" in meridia.type("element", "export", added[1]["id"], "-o", "surge.docx", who="pia").err
    assert "no form of file" in meridia.type("element", "export", added[1]["id"], "-o", "surge.odt", who="pia").err
    assert (
        "--accord and --to"
        in meridia.type("element", "export", added[1]["id"], "-o", "x.docx", "--to", "XTV", who="pia").err
    )
