"""Marking policies and labels at the terminal: loaded, shown, read from XML and written to it."""

from pathlib import Path

from stafftalks.formats import binding_4778, labels_4774
from stafftalks.values.label import Label
from tests.cli.stage import Terminal

ISLES = Path(__file__).parents[1] / "vectors" / "labels" / "isles.xml"


def test_a_policy_is_loaded_shown_used_and_taken_out(meridia: Terminal) -> None:
    assert meridia.reads("label", "load", str(ISLES), who="ada") == {"policy": "ISLES", "notes": [], "unread": 0}
    meridia.does("label", "add-plain", "XTV", who="ada")
    names = [line["name"] for line in meridia.reads("label", "policies")]
    assert names == ["ISLES", "XTV", "XMR", "PLAIN", "TLP", "US"]
    assert "GUARDED" in meridia.does("label", "policies").out
    page = meridia.reads("label", "show", "isles")
    assert [rung["portion"] for rung in page["classifications"]] == ["O", "GD", "D"]
    assert [tag["type"] for tag in page["categories"]] == ["RESTRICTIVE", "INFORMATIVE", "PERMISSIVE", "PERMISSIVE"]
    assert "Releasable To (permissive)" in meridia.does("label", "show", "ISLES").out
    marked = (
        "--set",
        "title=T",
        "--set",
        "said=A.",
        "--set",
        "marking.policy=ISLES",
        "--set",
        "marking.classification=OPEN",
    )
    added = meridia.reads("element", "add", "--kind", "report", *marked, who="pia")
    refused = meridia.type("label", "remove", "ISLES", who="ada")
    assert (refused.code, "[policy-in-use]" in refused.err) == (1, True)
    meridia.does("element", "archive", added["id"], who="pia")
    meridia.does("label", "remove", "ISLES", who="ada")
    assert meridia.type("label", "show", "ISLES").code == 1


def test_every_fault_of_a_policy_file_is_a_line_of_its_own(meridia: Terminal, tmp_path: Path) -> None:
    raw = ISLES.read_text().replace('hierarchy="2"', 'hierarchy="high"').replace('name="PORT"', 'name="P|T"')
    (tmp_path / "bad.xml").write_text(raw)
    typed = meridia.type("label", "load", "bad.xml", who="ada")
    assert typed.code == 3
    assert len(typed.err.strip().splitlines()) == 2
    assert all(line.startswith("Line ") for line in typed.err.strip().splitlines())
    assert meridia.type("label", "load", str(ISLES), who="pia").code == 1


def test_a_label_is_read_with_what_is_unusual_and_refused_where_no_policy_reads_it(
    meridia: Terminal, tmp_path: Path
) -> None:
    inside = '<PolicyIdentifier URL="urn:x">{}</PolicyIdentifier><Classification>SECRET</Classification>'
    for policy in ("XMR", "NATO"):
        text = f'<originatorConfidentialityLabel xmlns="{labels_4774.NAMESPACE}"><ConfidentialityInformation>'
        text += f"{inside.format(policy)}</ConfidentialityInformation></originatorConfidentialityLabel>"
        (tmp_path / f"{policy}.xml").write_text(text)
    (page,) = meridia.reads("label", "read", "XMR.xml")
    assert (page["banner"], page["portion_mark"], len(page["flags"]), page["refusals"]) == ("XMR SECRET", "S", 2, [])
    typed = meridia.type("label", "read", "NATO.xml")
    assert typed.code == 1
    assert "NATO SECRET" in typed.out
    assert "Note: " in typed.out
    assert "[label-policy-unknown]" in typed.err
    raw = binding_4778.binding(
        [Label(policy="TLP", classification="RED")], {"pack:///word/document.xml": ""}, created_at=0
    )
    (tmp_path / "binding.xml").write_bytes(raw)
    (page,) = meridia.reads("label", "read", "binding.xml")
    assert (page["banner"], page["references"]) == ("TLP:RED", ["pack:///word/document.xml"])
    (tmp_path / "no.xml").write_text("<a/>")
    assert meridia.type("label", "read", "no.xml").code == 1


def test_the_label_of_an_element_is_written_strictly_and_read_again(meridia: Terminal, tmp_path: Path) -> None:
    marked = (
        "--set",
        "title=T",
        "--set",
        "said=A.",
        "--set",
        "marking.policy=XMR",
        "--set",
        "marking.classification=S",
    )
    added = meridia.reads(
        "element", "add", "--kind", "report", *marked, "--set", "marking.caveats=REL TO XTV, XMR", who="pia"
    )
    written = meridia.reads("label", "write", added["id"], "-o", "label.xml", "--review-days", "30")
    assert written["banner"] == "XMR SECRET//REL TO XMR, XTV"
    assert (tmp_path / "label.xml").read_text() == written["xml"]
    (page,) = meridia.reads("label", "read", "label.xml")
    assert (page["banner"], page["originator"]) == (written["banner"], "XMR")
    assert page["flags"] == ["It is to be reviewed at 2025-12-22T12:00:00Z."]
    assert meridia.type("label", "write", added["id"], "-o", "label.xml").code == 1
    bare = meridia.reads("element", "add", "--kind", "report", "--set", "title=T", "--set", "said=A.", who="pia")
    emptied = ("--set", "marking.policy=", "--set", "marking.classification=")
    meridia.does("element", "revise", bare["id"], *emptied, who="pia")
    typed = meridia.type("label", "write", bare["id"])
    assert (typed.code, "[label-missing]" in typed.err) == (1, True)
