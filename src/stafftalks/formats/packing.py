"""Office files as packages of parts (OPC: a zip of XML), written so that the same content always gives the same bytes and says nothing else.

What office libraries add by themselves is taken out: who wrote it, with which program, when, how often it was saved, previews of pages, and the
times of the zip's own members. What remains of properties is the title. openpyxl drops parts that it does not know, so the label's binding is put
in here, as the last step of every write. Source: ECMA-376 part 2 (OPC), part 1 annex on custom XML data storage.
"""

import hashlib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Final

from lxml import etree

_TYPES: Final = "[Content_Types].xml"
_ROOT_RELATIONS: Final = "_rels/.rels"
_CORE: Final = "docProps/core.xml"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_RELATIONS_NS: Final = f"{_PACKAGE}/relationships"
_TYPES_NS: Final = f"{_PACKAGE}/content-types"
_CORE_RELATION: Final = f"{_PACKAGE}/relationships/metadata/core-properties"
_CORE_TYPE: Final = "application/vnd.openxmlformats-package.core-properties+xml"
_ITEM_RELATION: Final = f"{_OFFICE}/relationships/customXml"
_PROPERTIES_RELATION: Final = f"{_OFFICE}/relationships/customXmlProps"
_PROPERTIES_TYPE: Final = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_LEFT_OUT: Final = ("docProps/", "customXml/")
_MIDNIGHT: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can say: it says nothing."""


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The package of these parts, by name: the same parts give the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in sorted(parts, key=lambda name: (name != _TYPES, name != _ROOT_RELATIONS, name)):
            member = zipfile.ZipInfo(name, _MIDNIGHT)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            pack.writestr(member, parts[name])
    return out.getvalue()


def unpacked(raw: bytes) -> dict[str, bytes]:
    """The parts of a package that this program wrote, by name."""
    with zipfile.ZipFile(BytesIO(raw)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


Binding = Callable[[Sequence[str]], bytes]
"""What makes the XML that binds labels to the parts of a package, from where these are (`pack:///word/document.xml`); empty bytes bind nothing."""


def bare(raw: bytes, main: str, *, title: str, language: str = "", binding: Binding | None = None) -> bytes:
    """A package as written by an office library, without what the library said of itself, and with the labels of its parts bound to them.

    `main` is the name of the part that the package is about, as `word/document.xml`; the binding belongs to it.
    """
    parts = {name: part for name, part in unpacked(raw).items() if not name.startswith(_LEFT_OUT)}
    types = etree.fromstring(parts[_TYPES])
    for override in list(types):
        if str(override.get("PartName", "")).removeprefix("/").startswith(_LEFT_OUT):
            types.remove(override)
    roots = etree.fromstring(parts[_ROOT_RELATIONS])
    for relation in list(roots):
        if str(relation.get("Target", "")).removeprefix("/").startswith(_LEFT_OUT):
            roots.remove(relation)
    folder, _, name = main.rpartition("/")
    relations_of_main = f"{folder}/_rels/{name}.rels"
    relations = etree.fromstring(parts[relations_of_main])
    for relation in list(relations):
        if "customXml/" in str(relation.get("Target", "")):
            relations.remove(relation)
    bound = binding([f"pack:///{name}" for name in sorted(parts) if _told(name)]) if binding is not None else b""
    parts[_CORE] = _core(title, language)
    _relate(roots, "core", _CORE_RELATION, _CORE)
    _type(types, _CORE, _CORE_TYPE)
    if bound:
        parts |= _item(bound)
        _relate(relations, "label", _ITEM_RELATION, "../customXml/item1.xml")
        _type(types, "customXml/itemProps1.xml", _PROPERTIES_TYPE)
    parts[_TYPES], parts[_ROOT_RELATIONS], parts[relations_of_main] = map(_spelt, (types, roots, relations))
    return packed(parts)


def _told(name: str) -> bool:
    """Whether a part tells anything: relations and the table of contents only hold the package together."""
    return name != _TYPES and not name.endswith(".rels")


def _core(title: str, language: str) -> bytes:
    terms = "http://purl.org/dc/elements/1.1/"
    core = etree.Element(
        f"{{{_PACKAGE}/metadata/core-properties}}coreProperties",
        nsmap={"cp": f"{_PACKAGE}/metadata/core-properties", "dc": terms},
    )
    for name, text in (("title", title), ("language", language)):
        if text:
            etree.SubElement(core, f"{{{terms}}}{name}").text = text
    return _spelt(core)


def _item(binding: bytes) -> dict[str, bytes]:
    """A custom XML part with its properties. Its id follows from what it holds, where office programs draw one."""
    digest = hashlib.sha256(binding).hexdigest().upper()
    drawn = f"{{{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}}}"
    namespace = f"{_OFFICE}/customXml"
    properties = etree.Element(f"{{{namespace}}}datastoreItem", nsmap={"ds": namespace})
    properties.set(f"{{{namespace}}}itemID", drawn)
    etree.SubElement(properties, f"{{{namespace}}}schemaRefs")
    relations = etree.fromstring(f'<Relationships xmlns="{_RELATIONS_NS}"/>')
    _relate(relations, "properties", _PROPERTIES_RELATION, "itemProps1.xml")
    return {
        "customXml/item1.xml": binding,
        "customXml/itemProps1.xml": _spelt(properties),
        "customXml/_rels/item1.xml.rels": _spelt(relations),
    }


def _relate(relations: "etree._Element", name: str, sort: str, target: str) -> None:
    etree.SubElement(relations, f"{{{_RELATIONS_NS}}}Relationship", Id=name, Type=sort, Target=target)


def _type(types: "etree._Element", part: str, sort: str) -> None:
    etree.SubElement(types, f"{{{_TYPES_NS}}}Override", PartName=f"/{part}", ContentType=sort)


def _spelt(tree: "etree._Element") -> bytes:
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
