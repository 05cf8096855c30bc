"""The binding of labels to data: a container that says which labels belong to which parts of a file.

    labels = [policies.as_metadata(label) for label in policies.combined(labels_of_all_portions)]
    raw = binding(labels, {"pack:///word/document.xml": "", "pack:///word/media/image1.png": "image/png"}, created_at=version.at)

Put into an office file as `customXml/item1.xml`; every part of the document that is there belongs among the references. Each label is a piece of metadata of its
own, and all of them are bound to all of the data. Nothing is signed here. Source: ADatP-4778, ADatP-4778.2.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree

from stafftalks.formats.labels_4774 import NAMESPACE as LABEL_NAMESPACE
from stafftalks.formats.labels_4774 import LabelKind, ReadLabel, element, read_element
from stafftalks.formats.xml_reading import Element, children, name_of, namespace_of, root_of
from stafftalks.values.errors import PeerError
from stafftalks.values.label import Label

NAMESPACE: Final = "urn:nato:stanag:4778:bindinginformation:1:0"
MAX_BYTES: Final = 1024 * 1024
_MIME: Final = "http://www.w3.org/2005/05/xmlmime"


def binding(
    labels: Iterable[Label], references: Mapping[str, str], *, created_at: int, kind: LabelKind = LabelKind.ORIGINATOR
) -> bytes:
    """The document that binds these labels, given at `created_at` (unix seconds), to the data at these URIs; empty where there is no label.

    `references` gives the content type of each, empty for XML. Raises LabelError for a label that XML cannot say.
    """
    made = [element(label, created_at=created_at, kind=kind) for label in labels]
    if not made:
        return b""
    prefixes = {"mb": NAMESPACE, "slab": LABEL_NAMESPACE, "xmime": _MIME}
    root = etree.Element(f"{{{NAMESPACE}}}BindingInformation", nsmap=prefixes)
    container = etree.SubElement(root, f"{{{NAMESPACE}}}MetadataBindingContainer")
    one = etree.SubElement(container, f"{{{NAMESPACE}}}MetadataBinding")
    for label in made:
        etree.SubElement(one, f"{{{NAMESPACE}}}Metadata").append(label)
    for uri, content_type in references.items():
        reference = etree.SubElement(one, f"{{{NAMESPACE}}}DataReference", URI=uri)
        if content_type:
            reference.set(f"{{{_MIME}}}contentType", content_type)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def bound(raw: bytes) -> tuple[tuple[ReadLabel, tuple[str, ...]], ...]:
    """Each label in a binding with the URIs that it is bound to, in order; other metadata is passed over.

    Raises PeerError for what is no binding, LabelError for a label in it that cannot be read.
    """
    root = root_of(raw, "The binding", MAX_BYTES)
    if namespace_of(root) != NAMESPACE or name_of(root) not in ("BindingInformation", "MetadataBindingContainer"):
        raise PeerError(f"This is no binding: its first element must be BindingInformation of {NAMESPACE}.")
    return tuple(
        (
            read_element(label),
            tuple(uri for one in _named(single, "DataReference") if (uri := one.get("URI")) is not None),
        )
        for single in root.iter(f"{{{NAMESPACE}}}MetadataBinding")
        for holder in _named(single, "Metadata")
        for label in children(holder)
        if namespace_of(label) == LABEL_NAMESPACE
    )


def _named(parent: Element, name: str) -> list[Element]:
    return [child for child in children(parent) if name_of(child) == name and namespace_of(child) == NAMESPACE]
