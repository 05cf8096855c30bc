"""Confidentiality labels as XML: read leniently and with everything unusual flagged, written strictly.

Public labels often lack CreationDateTime or write `URL=` for `URI=`: both are read and told. What a label says is not changed by reading it; whether it is
right is for a policy to say: give what was read to `Policies.checked`, and what is to be written as `Policies.as_metadata` gives it. The originator's label is
never rewritten: what we take it for is written as an alternative label. Source: ADatP-4774, with unqualified attributes.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import msgspec
from lxml import etree

from stafftalks.formats.xml_reading import Element, children, name_of, namespace_of, root_of, text_of
from stafftalks.values.errors import Refusal
from stafftalks.values.label import Category, Label, LabelError, TagType

NAMESPACE: Final = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
MAX_BYTES: Final = 256 * 1024
_MAX_VALUES: Final = 2_000
_ANY_KIND: Final = "ConfidentialityLabel"
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?",
)


class LabelKind(StrEnum):
    """Whose label it is: the originator's, the receiver's for the same data, or one of metadata."""

    ORIGINATOR = "originatorConfidentialityLabel"
    ALTERNATIVE = "alternativeConfidentialityLabel"
    METADATA = "metadataConfidentialityLabel"


class ReadLabel(msgspec.Struct, frozen=True):
    """A label as it came, and sentences about what in it is unusual."""

    label: Label
    kind: LabelKind
    flags: tuple[str, ...] = ()


def read(raw: bytes) -> ReadLabel:
    """The label that is the root of this XML. Raises PeerError for what is no safe XML, LabelError for what is no label."""
    return read_element(root_of(raw, "The label", MAX_BYTES))


def read_element(root: Element) -> ReadLabel:
    """The label that this element is; raises LabelError."""
    flags: list[str] = []
    kind = _kind(root, flags)
    parts: dict[str, Element] = {}
    for child in _own(root, flags):
        if name_of(child) in parts:
            raise _malformed(child, f"{name_of(child)} is given twice")
        parts[name_of(child)] = child
    inside = parts.pop("ConfidentialityInformation", None)
    if inside is None:
        raise _malformed(root, "it has no ConfidentialityInformation")
    originator = parts.pop("OriginatorID", None)
    created = parts.pop("CreationDateTime", None)
    if created is None:
        flags.append("It does not say when it was given: CreationDateTime is missing.")
    for name, child in parts.items():
        if name != "SuccessionHandling":
            raise _malformed(child, f"{name} is not known in a label")
        flags.append("It says which label will follow it and when (SuccessionHandling): that is not followed here.")
    if "ReviewDateTime" in root.attrib:
        flags.append(f"It is to be reviewed at {_short(root.attrib['ReviewDateTime'])}.")
    label = _information(inside, flags)
    said = msgspec.structs.replace(
        label,
        originator="" if originator is None else _text(originator),
        created_at="" if created is None else _instant(created, flags),
    )
    return ReadLabel(said, kind, tuple(flags))


def written(
    label: Label, *, created_at: int, review_at: int | None = None, kind: LabelKind = LabelKind.ORIGINATOR
) -> bytes:
    """The label as an XML document, given at `created_at` and to be reviewed at `review_at` (unix seconds).

    The standard's text asks for the second where nothing is said of a successor; its schema does not. Raises LabelError where XML cannot say the label.
    """
    made = element(label, created_at=created_at, review_at=review_at, kind=kind)
    return etree.tostring(made, xml_declaration=True, encoding="UTF-8", standalone=True)


def element(
    label: Label, *, created_at: int, review_at: int | None = None, kind: LabelKind = LabelKind.ORIGINATOR
) -> Element:
    """The label as an element, to be put into a binding; raises LabelError where it permits nobody or lacks a classification."""
    if not label.classification:
        raise LabelError(
            Refusal("label-classification", "A label in XML must say a classification, and this one has none.")
        )
    root = etree.Element(f"{{{NAMESPACE}}}{kind}", nsmap={"slab": NAMESPACE})
    if review_at is not None:
        root.set("ReviewDateTime", _spelt(review_at))
    inside = _added(root, "ConfidentialityInformation")
    _added(inside, "PolicyIdentifier", label.policy, **({"URI": label.uri} if label.uri else {}))
    _added(inside, "Classification", label.classification)
    if label.privacy_mark:
        _added(inside, "PrivacyMark", label.privacy_mark)
    for category in label.categories:
        if not category.values:
            sentence = f"{category.tag} permits nobody, which a label in XML cannot say: mark the parts apart."
            raise LabelError(Refusal("label-category", sentence))
        holder = _added(inside, "Category", TagName=category.tag, Type=category.type)
        for value in category.values:
            _added(holder, "GenericValue", value)
    if label.originator:
        _added(root, "OriginatorID", label.originator, IDType=_id_type(label.originator))
    _added(root, "CreationDateTime", _spelt(created_at))
    return root


def _id_type(originator: str) -> str:
    """What kind of name this is, of those that the standard lists."""
    if "@" in originator:
        return "rfc822Name"
    return "uniformResourceIdentifier" if ":" in originator else "directoryName"


def _spelt(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _information(inside: Element, flags: list[str]) -> Label:
    policy = uri = classification = mark = ""
    seen: set[str] = set()
    categories: dict[tuple[str, str], Category] = {}
    for child in _own(inside, flags):
        name = name_of(child)
        if name != "Category" and name in seen:
            raise _malformed(child, f"{name} is given twice")
        seen.add(name)
        match name:
            case "PolicyIdentifier":
                policy, uri = _text(child), _identifier(child, flags)
            case "Classification":
                classification = _text(child)
            case "PrivacyMark":
                mark = _text(child)
            case "Category":
                _add(categories, child, flags)
            case _:
                raise _malformed(child, f"{name} is not known in ConfidentialityInformation")
    if not (policy or uri):
        raise LabelError(
            Refusal("label-policy-unknown", "The label names no policy: its PolicyIdentifier is missing or empty.")
        )
    if not classification:
        raise LabelError(Refusal("label-classification", "The label says no classification."))
    return Label(
        policy=policy, uri=uri, classification=classification, categories=tuple(categories.values()), privacy_mark=mark
    )


def _identifier(child: Element, flags: list[str]) -> str:
    uri = child.get("URI")
    if uri is None and (url := child.get("URL")) is not None:
        flags.append("It gives the policy's identifier as URL where the standard says URI: read as URI.")
        return " ".join(url.split())
    return " ".join((uri or "").split())


def _add(categories: dict[tuple[str, str], Category], child: Element, flags: list[str]) -> None:
    tag, typed = " ".join((child.get("TagName") or "").split()), child.get("Type") or ""
    if not tag:
        raise _malformed(child, "a Category has no TagName")
    if typed not in TagType.__members__:
        raise _malformed(
            child, f"the Category {_short(tag)} has the Type “{_short(typed)}”, which is none of {', '.join(TagType)}"
        )
    values = tuple(_values(child, tag, flags))
    known = categories.get((tag, typed))
    if known is None:
        categories[tag, typed] = Category(tag, TagType(typed), values)
        return
    if known.type is TagType.PERMISSIVE:
        sentence = (
            f"The label says the category {_short(tag)} twice (line {child.sourceline}), so that it contradicts itself."
        )
        raise LabelError(Refusal("label-contradiction", sentence))
    categories[tag, typed] = msgspec.structs.replace(known, values=tuple(dict.fromkeys((*known.values, *values))))


def _values(child: Element, tag: str, flags: list[str]) -> Iterator[str]:
    if not 1 <= len(child) <= _MAX_VALUES:
        raise _malformed(child, f"the Category {_short(tag)} has {len(child):,} values; it needs 1 to {_MAX_VALUES:,}")
    for one in _own(child, flags):
        if name_of(one) != "GenericValue" or not _text(one):
            raise _malformed(one, f"the Category {_short(tag)} holds {name_of(one)} that is no value with a text")
        yield _text(one)


def _own(element: Element, flags: list[str]) -> Iterator[Element]:
    """The elements directly within that are of the label's own namespace; the standard allows others, and says nothing about them."""
    for child in children(element):
        if namespace_of(child) == NAMESPACE:
            yield child
        else:
            flags.append(f"It holds {_short(name_of(child))} of another namespace (line {child.sourceline}): not read.")


def _text(element: Element) -> str:
    if len(element):
        raise _malformed(element, f"{name_of(element)} holds other elements where a text belongs")
    return text_of(element)


def _kind(root: Element, flags: list[str]) -> LabelKind:
    if namespace_of(root) != NAMESPACE:
        raise _malformed(root, f"its namespace is not {NAMESPACE}")
    name = name_of(root)
    if name == _ANY_KIND:
        flags.append(f"It is called {name}, as in early versions of the standard: read as the originator’s.")
        return LabelKind.ORIGINATOR
    for kind in LabelKind:
        if name == kind:
            return kind
        if name.lower() == kind.lower():
            flags.append(f"It is called {name} where the standard says {kind}.")
            return kind
    raise _malformed(root, f"{name} is no label: it must be one of {', '.join(LabelKind)}")


def _instant(created: Element, flags: list[str]) -> str:
    """The time in UTC as RFC 3339, whole seconds."""
    text = _text(created)
    found = _TIME.fullmatch(text)
    try:
        at = datetime.fromisoformat(found[1] + (found[2] or "Z")) if found else None
    except ValueError:
        at = None
    if at is None or found is None:
        raise _malformed(created, f"CreationDateTime “{_short(text)}” is not a time as 2027-01-31T12:00:00Z")
    if not found[2]:
        flags.append("Its CreationDateTime names no time zone: read as UTC.")
    try:
        return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        raise _malformed(created, f"CreationDateTime “{_short(text)}” is out of range") from None


def _added(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    made = etree.SubElement(
        parent, f"{{{NAMESPACE}}}{name}", {key: _sayable(value) for key, value in attributes.items()}
    )
    made.text = _sayable(text) or None
    return made


def _sayable(text: str) -> str:
    """The text; raises LabelError where XML has no way to say it."""
    if any(ord(sign) < 0x20 or sign in "\x7f\ufffe\uffff" or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise LabelError(Refusal("label-malformed", f"{_short(text)!r} holds signs that XML cannot say."))
    return str(text)


def _malformed(where: Element, what: str) -> LabelError:
    return LabelError(Refusal("label-malformed", f"The label cannot be read: line {where.sourceline}: {what}."))


def _short(text: str | bytes) -> str:
    said = text if isinstance(text, str) else text.decode(errors="replace")
    return said if len(said) <= 80 else f"{said[:80]}…"
