"""Writes docs/spec/elements.md from the types: `python -m tests.planning.make_elements_page`."""

from pathlib import Path

from stafftalks.planning.annexes import TEMPLATES
from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.kinds import KINDS
from stafftalks.values.realm import Realm

PAGE = Path(__file__).parents[2] / "docs" / "spec" / "elements.md"
_HEAD = """# Elements: kinds and fields

Written from the types by `python -m tests.planning.make_elements_page`; a test keeps it true.

An element's bytes are canonical JSON, `{"content":{"kind":...},"id":...}`, at most 1 MiB. A field that holds its
default is left out, so each content has one spelling and gaining an optional field changes no hash. The version is
`base32(SHA-256("stafftalks/version/v1\\n" || bytes))`, over the bytes written or received; nothing is re-encoded to hash
it. Text typed by people is brought to Unicode NFC when it is typed; bytes received are kept as they are, because what
NFC changes depends on the reader's Unicode version. A kind not known here is kept whole and shown as such, and may flow in
no realm. Long texts hold at most 200,000 characters, lines 500, tables 10,000 rows; branches nest 12 deep.

Values are written as people type them (forms, imports) and in structure in the bytes:

| widget | typed as | in the bytes |
|---|---|---|
| moment | `C+3`, `D+1/H+6`, `H+6`, `2023-01-23T06:00Z`, `230600ZJAN23` | `{"anchor":"C","day_offset":3,"time":"relative"}`, `{"seconds":...,"time":"instant"}` |
| instant | `2027-05-04`, `040600ZMAY27` | `{"seconds":...,"time":"instant"}` |
| window | `C+3 to C+5`, or start and end apart; either may be open | `{"start":...,"end":...}`, closed |
| place | `36.85, 34.64` (latitude first), `circle ... radius 5 km`, `corridor ...; ... half-width 50 m`, `area ...; ...; ...`, a name, or `name @ ...` | WGS84 in millionths of a degree, tagged by `shape` |
| quantity | `2.5 km`, `72 h`, `300 persons` | `{"scaled":25,"decimals":1,"unit":"km"}` |
| count | `6400`, `about 6400` | `{"stated":6400,"approximate":true}` |
| likelihood | `likely` (ICD 203), `highly likely (PHIA)`, `35-40 %` | `{"scale":"icd203","term":"likely"}` |
| grade | `B2` | `{"reliability":"B","credibility":2}` |
| ref, exactref | `XMR/<element>`, `XMR/<element>/<version>` | `{"party":...,"element":...,"version":...}` |
| lines, refs | one a line | an array |
| rows | `branches.0.title` | an array of objects |
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD]
    for kind in KINDS:
        spec = describe(kind)
        realms = ", ".join(realm for realm in Realm if realm in spec.realms)
        parts.append(
            f"\n## {kind}\n\n{spec.help} Realms: {realms}.\n\n| field | label | widget | what to write |\n|---|---|---|---|\n"
        )
        parts.extend(_line(field, path) for field, path in _walk(spec.fields, ""))
    parts.append(
        "\n## Annex templates\n\nData, not an enumeration; a party adds its own. Omitted annexes stay listed.\n\n"
    )
    for template in TEMPLATES.values():
        listed = ", ".join(f"{letter} {title}" for letter, title in template.annexes)
        parts.append(f"- **{template.name}**: {listed}\n")
    return "".join(parts)


def _walk(fields: tuple[FieldSpec, ...], prefix: str) -> list[tuple[FieldSpec, str]]:
    found: list[tuple[FieldSpec, str]] = []
    for field in fields:
        path = prefix + field.name
        found.append((field, path))
        if field.widget not in ("window", "marking"):
            found.extend(_walk(field.fields, f"{path}[]." if field.widget == "rows" else f"{path}."))
    return found


def _line(field: FieldSpec, path: str) -> str:
    needed = ", needed" if field.required else ""
    choices = f" One of: {', '.join(choice.value for choice in field.choices)}." if field.widget == "choice" else ""
    return f"| `{path}` | {field.label} | {field.widget}{needed} | {field.help}{choices} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
