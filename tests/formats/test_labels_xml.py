"""Labels as XML: read leniently and flagged, written strictly, and bound to data."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree

from stafftalks.formats import binding_4778, labels_4774
from stafftalks.formats.labels_4774 import NAMESPACE, LabelKind
from stafftalks.values.label import Category, Label, LabelError, Marking, TagType
from tests.values.test_labels import KNOWN, labels

AT = 1_763_812_800
VECTORS = Path(__file__).parents[1] / "vectors" / "labels"


def xml(inside: str, *, root: str = "originatorConfidentialityLabel", after: str = "", attributes: str = "") -> bytes:
    information = f"<ConfidentialityInformation>{inside}</ConfidentialityInformation>"
    return f'<{root} xmlns="{NAMESPACE}" {attributes}>{information}{after}</{root}>'.encode()


SIMPLE = "<PolicyIdentifier>XMR</PolicyIdentifier><Classification>SECRET</Classification>"
CREATED = "<CreationDateTime>2027-01-31T12:00:00.5+02:00</CreationDateTime>"


@settings(max_examples=60)
@given(labels())
def test_what_is_written_strictly_is_read_as_the_same_label_without_a_flag(label: Label) -> None:
    if any(not category.values for category in label.categories):
        with pytest.raises(LabelError):
            labels_4774.written(KNOWN.as_metadata(label), created_at=AT)
        return
    came = labels_4774.read(labels_4774.written(KNOWN.as_metadata(label), created_at=AT, kind=LabelKind.ALTERNATIVE))
    assert came.flags == ()
    assert came.kind is LabelKind.ALTERNATIVE
    assert came.label.created_at == "2025-11-22T12:00:00Z"
    checked = KNOWN.checked(came.label)
    assert KNOWN.marking(checked) == KNOWN.marking(label)


def test_a_strict_label_says_all_that_the_standard_asks_for_in_its_order() -> None:
    label = Label(
        policy="XMR",
        uri="urn:oid:1.2.3",
        classification="SECRET",
        privacy_mark="Staff",
        categories=(Category("Releasable To", TagType.PERMISSIVE, ("XMR", "XTV")),),
        originator="office@meridia.example",
    )
    root = etree.fromstring(labels_4774.written(label, created_at=AT, review_at=AT + 86_400))
    names = [etree.QName(one).localname for one in root.iter()]
    assert names[1:] == [
        "ConfidentialityInformation", "PolicyIdentifier", "Classification", "PrivacyMark", "Category", "GenericValue", "GenericValue",
        "OriginatorID", "CreationDateTime",
    ]  # fmt: skip
    assert root.get("ReviewDateTime") == "2025-11-23T12:00:00Z"
    assert root[0][0].get("URI") == "urn:oid:1.2.3"
    assert dict(root[0][3].attrib) == {"TagName": "Releasable To", "Type": "PERMISSIVE"}
    assert root[1].get("IDType") == "rfc822Name"


def test_what_is_unusual_is_read_and_flagged() -> None:
    url = '<PolicyIdentifier URL="urn:oid:1.2.3">XMR</PolicyIdentifier><Classification> SECRET </Classification>'
    came = labels_4774.read(
        xml(url, root="OriginatorConfidentialityLabel", attributes='ReviewDateTime="2030-01-01T00:00:00Z"')
    )
    assert came.label == Label(policy="XMR", uri="urn:oid:1.2.3", classification="SECRET")
    assert len(came.flags) == 4
    assert labels_4774.read(xml(SIMPLE, after=CREATED)).label.created_at == "2027-01-31T10:00:00Z"
    zoneless = labels_4774.read(xml(SIMPLE, after="<CreationDateTime>2027-01-31T12:00:00</CreationDateTime>"))
    assert zoneless.label.created_at == "2027-01-31T12:00:00Z"
    assert len(zoneless.flags) == 1
    foreign = labels_4774.read(xml(SIMPLE + '<Classification xmlns="urn:x">TOP SECRET</Classification>', after=CREATED))
    assert (foreign.label.classification, len(foreign.flags)) == ("SECRET", 1)
    twice = 2 * '<Category TagName="A" Type="RESTRICTIVE"><GenericValue>B</GenericValue></Category>'
    marked = labels_4774.read(xml(SIMPLE + "<PrivacyMark>Staff</PrivacyMark>" + twice, after=CREATED)).label
    assert (marked.privacy_mark, marked.values("A")) == ("Staff", ("B",))
    succession = (
        "<SuccessionHandling><SuccessionDateTime>2030-01-01T00:00:00Z</SuccessionDateTime></SuccessionHandling>"
    )
    assert len(labels_4774.read(xml(SIMPLE, root="ConfidentialityLabel", after=CREATED + succession)).flags) == 2


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (xml("<Classification>SECRET</Classification>"), "label-policy-unknown"),
        (xml("<PolicyIdentifier>XMR</PolicyIdentifier>"), "label-classification"),
        (xml(SIMPLE + "<Classification>OPEN</Classification>"), "label-malformed"),
        (xml("<PolicyIdentifier>XMR</PolicyIdentifier><Classification>SEC<b/>RET</Classification>"), "label-malformed"),
        (xml(SIMPLE + '<Category TagName="A" Type="odd"><GenericValue>B</GenericValue></Category>'), "label-malformed"),
        (xml(SIMPLE + '<Category Type="PERMISSIVE"><GenericValue>B</GenericValue></Category>'), "label-malformed"),
        (xml(SIMPLE + '<Category TagName="A" Type="PERMISSIVE"/>'), "label-malformed"),
        (
            xml(SIMPLE + '<Category TagName="A" Type="PERMISSIVE"><IntegerValue>1</IntegerValue></Category>'),
            "label-malformed",
        ),
        (
            xml(SIMPLE + 2 * '<Category TagName="A" Type="PERMISSIVE"><GenericValue>B</GenericValue></Category>'),
            "label-contradiction",
        ),
        (xml(SIMPLE, after="<CreationDateTime>yesterday</CreationDateTime>"), "label-malformed"),
        (xml(SIMPLE, after="<CreationDateTime>2027-02-31T12:00:00Z</CreationDateTime>"), "label-malformed"),
        (xml(SIMPLE, after=CREATED + CREATED), "label-malformed"),
        (xml(SIMPLE, after="<CreationDateTime>0001-01-01T00:00:00+14:00</CreationDateTime>"), "label-malformed"),
        (xml(SIMPLE + "<Extra/>"), "label-malformed"),
        (xml(SIMPLE).replace(b"ConfidentialityInformation", b"Information"), "label-malformed"),
        (xml(SIMPLE, after="<Extra/>"), "label-malformed"),
        (xml(SIMPLE, root="label"), "label-malformed"),
        (b"<originatorConfidentialityLabel/>", "label-malformed"),
    ],
)
def test_what_is_no_label_is_refused_by_rule(raw: bytes, rule: str) -> None:
    with pytest.raises(LabelError) as caught:
        labels_4774.read(raw)
    assert [refusal.rule for refusal in caught.value.refusals] == [rule]


def test_signs_that_xml_cannot_say_are_refused_and_not_dropped() -> None:
    for text in ("a\x00b", "a\ud800b", "a\ufffeb", ""):
        with pytest.raises(LabelError):
            labels_4774.written(Label(policy="XMR", classification=text), created_at=AT)


def test_labels_are_bound_to_every_part_of_a_file_and_read_back() -> None:
    made = [Label(policy="XMR", classification="SECRET"), Label(policy="TLP", classification="RED")]
    parts = {"pack:///word/document.xml": "", "pack:///word/media/image1.png": "image/png"}
    raw = binding_4778.binding(made, parts, created_at=AT)
    assert [(came.label.policy, uris) for came, uris in binding_4778.bound(raw)] == [
        ("XMR", tuple(parts)),
        ("TLP", tuple(parts)),
    ]
    root = etree.fromstring(raw)
    assert [etree.QName(one).localname for one in root[0][0]] == [
        "Metadata",
        "Metadata",
        "DataReference",
        "DataReference",
    ]
    assert root[0][0][3].get("{http://www.w3.org/2005/05/xmlmime}contentType") == "image/png"
    assert binding_4778.binding([], parts, created_at=AT) == b""
    assert raw == binding_4778.binding(made, parts, created_at=AT)


def test_what_is_written_is_written_as_it_always_was() -> None:
    label = KNOWN.read(Marking("XMR", "SECRET", ("REL TO XTV, XMR", "LIMDIS", "EXERCISE", '"Staff"')))
    raw = labels_4774.written(KNOWN.as_metadata(label), created_at=AT)
    assert raw == (VECTORS / "originator.xml").read_bytes()
    bound = binding_4778.binding([KNOWN.as_metadata(label)], {"pack:///word/document.xml": ""}, created_at=AT)
    assert bound == (VECTORS / "binding.xml").read_bytes()
