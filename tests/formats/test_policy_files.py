"""Marking policies from SPIF files: allowed values, rules and marking text as the file says, and every fault of a file with its line."""

from pathlib import Path

import pytest

from stafftalks.formats import labels_4774, spif
from stafftalks.formats.spif import SpifError
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Label, LabelError, Marking
from stafftalks.values.policies import Policies, builtin
from stafftalks.values.policy import Absent

VECTORS = Path(__file__).parents[1] / "vectors" / "labels"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "stanag4774"
ISLES = (VECTORS / "isles.xml").read_bytes()
KNOWN = builtin(PartyId("XMR")).before(
    spif.read((VECTORS / f"{name}.xml").read_bytes()).policy for name in ("isles", "mainland")
)


def shared(name: str) -> bytes:
    if not (SHARED / name).is_file():
        pytest.skip(f"the public file shared/data/stanag4774/{name} is not beside this checkout")
    return (SHARED / name).read_bytes()


def read(policy: str, classification: str, *caveats: str, known: Policies = KNOWN) -> Label:
    return known.read(Marking(policy, classification, caveats))


def faults(old: str, new: str) -> tuple[str, ...]:
    raw = ISLES.decode()
    assert old in raw
    with pytest.raises(SpifError) as caught:
        spif.read(raw.replace(old, new).encode())
    return caught.value.faults


@pytest.mark.parametrize(
    ("classification", "caveats", "banner", "french", "mark"),
    [
        ("open", (), "ISLES OPEN", "ISLES OUVERT", "O"),
        (
            "OUVERT",
            ("POUR Birch, Alder",),
            "ISLES OPEN FOR Alder, Birch",
            "ISLES OUVERT POUR Alder, Birch",
            "O//FOR XAA, XBB",
        ),
        ("GD", ("REEF", "FLEET"), "ISLES/FLEET GUARDED REEF", "ISLES/FLEET GUARDED REEF", "GD//REEF//FLEET"),
        ("ABYSS DEEP", ("shoal reef",), "ABYSS DEEP REEF SHOAL", "ABYSS DEEP REEF SHOAL", "D//REEF, SHOAL"),
        ("GUARDED", ("WIND",), "ISLES GUARDED [Wind warning]", "ISLES GUARDED [Wind warning]", "GD//WIND"),
    ],
)
def test_a_policy_writes_and_reads_as_its_file_says(
    classification: str, caveats: tuple[str, ...], banner: str, french: str, mark: str
) -> None:
    label = read("ISLES", classification, *caveats)
    assert (KNOWN.banner(label), KNOWN.banner(label, "fr"), KNOWN.portion_mark(label)) == (banner, french, mark)
    assert KNOWN.read(KNOWN.marking(label)) == KNOWN.read_portion("isles", mark) == label
    assert KNOWN.checked(KNOWN.as_metadata(label)) == label


@pytest.mark.parametrize(
    ("classification", "caveats"),
    [
        ("OPEN", ("REEF",)),
        ("DEEP", ()),
        ("GUARDED", ("WRECK",)),
        ("GUARDED", ("SHOAL", "FOR XAA")),
        ("GUARDED", ("FOR XBB",)),
        ("GUARDED", ("TIDE, WIND",)),
    ],
)
def test_what_the_file_forbids_together_contradicts_itself(classification: str, caveats: tuple[str, ...]) -> None:
    with pytest.raises(LabelError) as caught:
        read("ISLES", classification, *caveats)
    assert {refusal.rule for refusal in caught.value.refusals} == {"label-contradiction"}


def test_equivalences_compare_in_the_directions_that_they_state() -> None:
    assert KNOWN.dominates(read("Mainland", "STATE"), read("ISLES", "GUARDED"))
    assert KNOWN.dominates(read("Mainland", "STATE"), read("ISLES", "OPEN"))
    assert KNOWN.dominates(read("ISLES", "GUARDED"), read("Mainland", "PUBLIC"))
    assert not KNOWN.dominates(read("ISLES", "DEEP", "REEF"), read("Mainland", "STATE")), "only stated outward"
    assert KNOWN.dominates(read("Mainland", "STATE", "WALL"), read("ISLES", "GUARDED", "REEF", "TIDE"))
    assert not KNOWN.dominates(read("Mainland", "STATE"), read("ISLES", "GUARDED", "REEF"))
    assert not KNOWN.dominates(read("Mainland", "STATE", "WALL"), read("ISLES", "GUARDED", "SHOAL")), "SHOAL has none"
    assert not KNOWN.dominates(read("XMR", "TS"), read("ISLES", "OPEN")), "no equivalence is stated"
    assert not KNOWN.dominates(read("Mainland", "PUBLIC"), read("ISLES", "GUARDED"))


def test_a_policy_of_version_two_replaces_its_name_by_a_prefix() -> None:
    assert KNOWN.banner(read("Mainland", "state")) == "LAND:STATE"
    assert KNOWN.portion_mark(read("Mainland", "LAND:STATE")) == "LAND:STATE"


def test_what_a_permissive_tag_permits_where_it_is_missing_is_not_guessed() -> None:
    isles = KNOWN.get("ISLES")
    assert isles is not None
    absent = {tag.name: tag.absent for tag in isles.tags}
    assert (absent["Releasable To"], absent["Context"]) == (Absent.NOBODY, Absent.UNSAID)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('schemaVersion="2.1"', 'schemaVersion="3.0"', "of version 3.0"),
        ('schemaVersion="2.1"', "", "does not say its schemaVersion"),
        ('name="ISLES" id', 'name="" id', "name is missing"),
        ('name="DEEP"', 'name="OPEN"', "Line 17, <securityClassification>: the name OPEN is given twice"),
        ('lacv="3" hierarchy="3"', 'lacv="2" hierarchy="3"', "lacv 2 is given twice"),
        ('hierarchy="2"', 'hierarchy="high"', "hierarchy “high” is not a whole number"),
        ("<s:excludedClass>OPEN", "<s:excludedClass>OPAL", "OPAL"),
        ('requiredClass="DEEP"', 'requiredClass="DOOP"', "DOOP"),
        ('tagType="restrictive">', 'tagType="odd">', "tagType “odd”"),
        (
            'tagSetRef="Handling" tagType="restrictive" lacv="2"',
            'tagSetRef="Handling" tagType="restrictive" lacv="9"',
            "lacv 9",
        ),
        ('operation="all"', 'operation="some"', "operation “some”"),
        ('<s:securityPolicyId name="ISLES" id="2.25.1234567890"/>', "", "<securityPolicyId> is missing"),
        (
            '<s:securityPolicyId name="ISLES" id="2.25.1234567890"/>',
            2 * '<s:securityPolicyId name="A" id="1.1"/>',
            "given twice",
        ),
        ('name="Notices"', 'name="Handling"', "two tags are called"),
        ('id="2.25.1234567890.3"', 'id="2.25.1234567890.2"', "the id 2.25.1234567890.2 is given twice"),
        ('name="WIND" lacv="2"', 'name="WIND" lacv="1"', "lacv 1 is given twice"),
        (
            'tagSetRef="Releasable To" tagType="enumerated" enumType="permissive" all',
            'tagSetRef="Moon" tagType="restrictive" all',
            "“Moon”",
        ),
        ('phrase="OUVERT"', f'phrase="{"O" * 300}"', "cannot stand in a marking"),
        ('policyRef="Mainland" lacv="10"', 'policyRef="Moon" lacv="10"', "Moon"),
        ('name="TIDE"', 'name="TI//DE"', "TI//DE"),
        ('<s:tagCategory name="TIDE" lacv="1"/>', "<s:rule/>", "<rule>"),
        ('markingQualifier="FOR "', f'markingQualifier="{"F" * 201}"', "markingQualifier"),
    ],
)
def test_each_fault_is_said_with_what_and_where(old: str, new: str, words: str) -> None:
    said = faults(old, new)
    assert any(words in sentence for sentence in said), said
    assert all(sentence.endswith(".") for sentence in said)


def test_all_faults_are_said_at_once() -> None:
    raw = ISLES.decode().replace('hierarchy="2"', 'hierarchy="x"').replace('name="PORT"', 'name="P|T"')
    with pytest.raises(SpifError) as caught:
        spif.read(raw.encode())
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name="PORT" lacv="2"', 'name="PORT" lacv="2" notAfter="2030-01-01T00:00:00Z"', "notAfter"),
        ("<s:code>pageTop</s:code>", "<s:code>sideways</s:code>", "sideways"),
        ("<s:equivalentPolicies>", "<s:privacyMarks/><s:equivalentPolicies>", "privacy marks"),
        ('id="2.25.987654321"/>', 'id="2.25.987654321"><s:requiredCategory/></s:equivalentPolicy>', "besides"),
        (
            'lacv="20" applied="encrypt"/>',
            'lacv="20"><s:requiredCategory/></s:equivalentClassification>',
            "further categories",
        ),
        (
            'tagType="restrictive" lacv="7" applied="both"/>',
            'tagType="restrictive" lacv="7" action="discard"/>',
            "would be lost",
        ),
        ('name="Notices" tagType="tagType7"', 'name="Notices" maxSelection="3" tagType="tagType7"', "maxSelection"),
        (
            '<s:securityCategoryTag name="Context"',
            '<s:equivalentSecurityCategoryTagSet/><s:securityCategoryTag name="Context"',
            "whole tag set",
        ),
        ("</s:SPIF>", '<x xmlns="urn:other"/></s:SPIF>', "another namespace"),
        ('name="GUARDED"', 'name="1a"', "told from other text"),
    ],
)
def test_each_thing_that_is_not_used_is_noted(old: str, new: str, words: str) -> None:
    raw = ISLES.decode()
    assert old in raw
    if words == "told from other text":
        raw = raw.replace('phrase="GD"', 'phrase="1g"')
    notes = spif.read(raw.replace(old, new).encode()).notes
    assert any(words in note for note in notes), notes


def test_short_phrases_and_conditions_of_classifications_are_read() -> None:
    raw = ISLES.decode().replace('phrase="GD"><s:code>portionMarking</s:code>', 'phrase="" shortPhrase="GD">')
    raw = raw.replace('<s:requiredCategory operation="oneOrMore">', '<s:requiredCategory operation="onlyOne">')
    raw = raw.replace(
        '<s:markingData phrase="ABYSS">',
        '<s:excludedCategory tagSetRef="Context" tagType="permissive" lacv="2"/><s:markingData phrase="ABYSS">',
    )
    raw = raw.replace('<s:securityCategoryTag name="Context"', '<s:securityCategoryTag name="Handling"')
    known = Policies([spif.read(raw.encode()).policy])
    assert known.portion_mark(read("ISLES", "GUARDED", known=known)) == "GD"
    assert known.banner(read("ISLES", "DEEP", "REEF", known=known)) == "ABYSS DEEP REEF"
    label = read("ISLES", "OPEN", "Context Handling=FLEET", known=known)
    assert known.checked(known.as_metadata(label)) == label, "two tags of one name are told apart by their sets"
    for caveats in (("REEF SHOAL",), ("REEF", "Context Handling=PORT"), ()):
        with pytest.raises(LabelError):
            read("ISLES", "DEEP", *caveats, known=known)


def test_the_public_policies_and_labels_are_read() -> None:
    nato, tlp = spif.read(shared("nato-4774-policy.xml")), spif.read(shared("tlp.xml"))
    assert nato.notes == ()
    known = KNOWN.before([nato.policy, tlp.policy])
    banners = []
    for number in (1, 2, 3):
        came = labels_4774.read(shared(f"nato-4774-17-{number}.nato"))
        assert any("CreationDateTime" in flag for flag in came.flags)
        assert any("URL" in flag for flag in came.flags) == (number == 1)
        label = known.checked(came.label)
        assert known.read(known.marking(label)) == label
        banners.append(known.banner(label))
    assert banners == [
        "NATO UNCLASSIFIED Releasable to ISAF, KFOR, RESOLUTE SUPPORT",
        "NATO UNCLASSIFIED",
        "NATO UNCLASSIFIED - STAFF",
    ]
    kept_in = read("NATO", "C", "KFOR", "NATO, IRL, SWE ONLY", known=known)
    assert known.banner(kept_in) == "NATO/KFOR CONFIDENTIAL Ireland, Sweden, NATO ONLY"
    assert known.banner(kept_in, "fr") == "NATO/KFOR CONFIDENTIEL Irlande, Suède, NATO SEULEMENT"
    assert known.banner(read("NATO", "COSMIC TOP SECRET", "ATOMAL", known=known)) == "COSMIC TOP SECRET ATOMAL"
    assert (
        known.banner(read("TLP", "WHITE", "[REGION=EU/US]", "Foreign", known=known))
        == "TLP:WHITE [REGION=EU/US] [Imported Data]"
    )
    for classification, caveat in (("UNCLASSIFIED", "ATOMAL"), ("TOP SECRET", "Releasable to JPN")):
        with pytest.raises(LabelError):
            read("NATO", classification, caveat, known=known)


def test_a_separator_that_divides_marks_is_for_banners_only() -> None:
    raw = ISLES.decode().replace(
        'markingQualifier=" " qualifierCode="separator"', 'markingQualifier="//" qualifierCode="separator"'
    )
    known = Policies([spif.read(raw.encode()).policy])
    label = read("ISLES", "GUARDED", "REEF, SHOAL", known=known)
    assert known.banner(label) == "ISLES GUARDED REEF//SHOAL"
    assert known.read_portion("ISLES", known.portion_mark(label)) == known.read(known.marking(label)) == label
