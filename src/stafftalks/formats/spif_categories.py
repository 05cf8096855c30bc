"""The categories of a policy file: tag sets, their tags and values, and what may not or must stand together.

A permissive tag of whose meaning the file says nothing is never combined by guess: leaving it out is read as permitting nobody only where it is written as
`Releasable to …`, and as permitting anybody only where it is written as `… ONLY`; otherwise as not said.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from stafftalks.formats.spif_elements import Findings, content, flagged, optional, short
from stafftalks.formats.spif_words import WORDS, phrases, qualifiers
from stafftalks.formats.xml_reading import Element, name_of
from stafftalks.values.label import TagType
from stafftalks.values.policy import (
    Absent,
    Applied,
    Equivalent,
    Group,
    Opening,
    Operation,
    Qualifier,
    Reference,
    Tag,
    Value,
    folded,
)

_TYPES: Final = ("restrictive", "permissive", "enumerated", "tagType7", "informative")
_RELEASE: Final = ("releas", "rel to", "rel ")
_ONLY: Final = ("only", "eyes only")
_MAX_VALUES: Final = 5_000


class TagElement(msgspec.Struct, frozen=True):
    """A tag as read without its rules, the element it came from, and that of each value, for the second reading."""

    tag: Tag
    element: Element
    values: tuple[Element, ...]


def tags(
    sets: Element, found: Findings, classifications: frozenset[str], policies: Mapping[str, str]
) -> tuple[Tag, ...]:
    """The tags of these tag sets, in order. `classifications` are the names known, `policies` the identifiers of equivalent policies by name."""
    read = list(_first(sets, found))
    names: set[str] = set()
    in_sets: set[tuple[str, str]] = set()
    renamed: list[TagElement] = []
    for one in read:
        where = (one.tag.set_id, folded(one.tag.name))
        if where in in_sets:
            found.fault(one.element, f"two tags are called “{short(one.tag.name)}” in one tag set.")
        in_sets.add(where)
        name = one.tag.name if folded(one.tag.name) not in names else f"{one.tag.set_name} {one.tag.name}"
        names.add(folded(name))
        renamed.append(msgspec.structs.replace(one, tag=msgspec.structs.replace(one.tag, name=name)))
    rules = Rules(tuple(one.tag for one in renamed), found)
    return tuple(_with_rules(one, rules, classifications, policies) for one in renamed)


class Rules:
    """Finds what rules of a policy file refer to, once all tags are known."""

    def __init__(self, tags: tuple[Tag, ...], found: Findings) -> None:
        self._tags = tags
        self.found = found

    def groups(self, holder: Element) -> tuple[Group, ...]:
        """The groups of categories that must stand with `holder`."""
        return tuple(
            Group(
                Operation(self.found.choice(one, "operation", *(str(member) for member in Operation))),
                tuple(
                    reference for part in self.found.within(one, "categoryGroup") for reference in self.references(part)
                ),
            )
            for one in holder
            if name_of(one) == "requiredCategory"
        )

    def excluded(self, holder: Element) -> tuple[Reference, ...]:
        """The categories that may not stand with `holder`."""
        return tuple(
            reference for one in holder if name_of(one) == "excludedCategory" for reference in self.references(one)
        )

    def references(self, element: Element) -> tuple[Reference, ...]:
        """What an element refers to by tag set, type and code."""
        name, code = optional(element, "tagSetRef"), optional(element, "lacv")
        set_id = optional(element, "tagSetId")
        kind = _type(element, self.found)
        meant = [
            tag
            for tag in self._tags
            if tag.type is kind and (folded(tag.set_name) == folded(name) if name else tag.set_id == set_id)
        ]
        if not meant:
            self.found.fault(element, f"refers to a tag set “{short(name or set_id)}” of type {kind} that is not here.")
        elif not code:
            return tuple(Reference(tag.name) for tag in meant)
        else:
            code = self.found.code(element)
            values = [Reference(tag.name, value.name) for tag in meant for value in tag.values if value.code == code]
            if not values:
                self.found.fault(
                    element, f"refers to lacv {short(code)}, which “{short(name or set_id)}” does not have."
                )
            return tuple(values)
        return ()


def _first(sets: Element, found: Findings) -> Iterator[TagElement]:
    ids: set[str] = set()
    for group in found.within(sets, "securityCategoryTagSet"):
        name, set_id = found.name(group), found.text(group, "id")
        if set_id in ids:
            found.fault(group, f"the id {short(set_id)} is given twice.")
        ids.add(set_id)
        for element in found.within(
            group, "securityCategoryTag", "equivalentSecurityCategoryTagSet", "equivalentSecCategoryTagSet", *WORDS
        ):
            if name_of(element) == "securityCategoryTag":
                yield _tag(element, name, set_id, found)
            elif name_of(element).startswith("equivalent"):
                found.note(element, "an equivalent of a whole tag set is not used: only those of single values are.")


def _tag(element: Element, set_name: str, set_id: str, found: Findings) -> TagElement:
    name, kind = found.name(element), _type(element, found)
    around = qualifiers(element, found)
    inside = tuple(one for one in found.within(element, "tagCategory", *WORDS) if name_of(one) == "tagCategory")
    if len(inside) > _MAX_VALUES:
        found.fault(element, f"it has {len(inside):,} values; at most {_MAX_VALUES:,} can be read.")
        inside = ()
    values = tuple(_value(one, found) for one in inside)
    seen: set[str] = set()
    for one, value in zip(inside, values, strict=True):
        for key in (f"lacv {value.code}", folded(value.name)):
            if key in seen:
                found.fault(one, f"{short(key)} is given twice in “{short(name)}”.")
            seen.add(key)
    for limit in ("minSelection", "maxSelection"):
        if optional(element, limit) not in ("", "0") and not (
            limit == "maxSelection" and optional(element, limit) == "1"
        ):
            found.note(element, f"{limit} is not judged.")
    audience, absent = _audience(name, set_name, around) if kind is TagType.PERMISSIVE else (False, Absent.UNSAID)
    tag = Tag(
        name=name,
        type=kind,
        set_name=set_name,
        set_id=set_id,
        values=values,
        opening=Opening.WORDS if any(flagged(one, "userInput") for one in inside) else Opening.CLOSED,
        single=flagged(element, "singleSelection") or optional(element, "maxSelection") == "1",
        audience=audience,
        absent=absent,
        qualifiers=around,
    )
    return TagElement(tag, element, inside)


def _value(element: Element, found: Findings) -> Value:
    said, portion = phrases(element, found)
    for attribute in ("notBefore", "notAfter", "dateFormat"):
        if optional(element, attribute):
            found.note(element, f"{attribute} is not judged: its values are taken whenever they are given.")
    return Value(
        name=found.name(element),
        code=found.code(element),
        portion=portion,
        phrases=said,
        obsolete=flagged(element, "obsolete"),
    )


def _with_rules(one: TagElement, rules: Rules, classifications: frozenset[str], policies: Mapping[str, str]) -> Tag:
    found = rules.found
    known = ("excludedClass", "requiredCategory", "excludedCategory", "equivalentSecCategoryTag", *WORDS)
    values = []
    for value, element in zip(one.tag.values, one.values, strict=True):
        equivalents = []
        excluded_classes = []
        for child in found.within(element, *known):
            if name_of(child) == "excludedClass":
                excluded_classes.append(_classification(child, content(child), classifications, found))
            elif name_of(child) == "equivalentSecCategoryTag" and (stated := equivalent(child, found, policies)):
                equivalents.append(stated)
        if required := optional(element, "requiredClass"):
            _classification(element, required, classifications, found)
            excluded_classes += sorted(classifications - {required})
        values.append(
            msgspec.structs.replace(
                value,
                excluded_classes=tuple(dict.fromkeys(excluded_classes)),
                required=rules.groups(element),
                excluded=rules.excluded(element),
                equivalents=tuple(equivalents),
            )
        )
    return msgspec.structs.replace(one.tag, values=tuple(values))


def equivalent(element: Element, found: Findings, policies: Mapping[str, str]) -> Equivalent | None:
    """What counts for the same under another policy; None where the file says to leave it out there, or where it is wrong."""
    policy = found.text(element, "policyRef")
    if policy and policy not in policies:
        found.fault(element, f"policyRef “{short(policy)}” is none of the equivalentPolicies.")
        return None
    if optional(element, "action"):
        found.note(element, "an equivalence that leaves a category out is not used: what is left out would be lost.")
        return None
    return Equivalent(
        policy=policies.get(policy, ""),
        code=found.code(element),
        tag_set=optional(element, "tagSetId"),
        applied=Applied(found.choice(element, "applied", "both", "encrypt", "decrypt"))
        if optional(element, "applied")
        else Applied.BOTH,
    )


def _classification(where: Element, name: str, known: frozenset[str], found: Findings) -> str:
    if name not in known:
        found.fault(where, f"names the classification “{short(name)}”, which is not in this policy.")
    return name


def _type(element: Element, found: Findings) -> TagType:
    given = found.choice(element, "tagType", *_TYPES)
    if given == "enumerated":
        given = found.choice(element, "enumType", "restrictive", "permissive")
    return {"restrictive": TagType.RESTRICTIVE, "permissive": TagType.PERMISSIVE}.get(given, TagType.INFORMATIVE)


def _audience(name: str, set_name: str, around: tuple[Qualifier, ...]) -> tuple[bool, Absent]:
    """Whether the values of a permissive tag name who may receive, and whom it permits where it is missing."""
    beginnings = [folded(text) for text in (name, set_name, *(one.prefix for one in around))]
    ends = [folded(text) for text in (name, set_name, *(one.suffix for one in around))]
    if any(text.startswith(_RELEASE) for text in beginnings):
        return True, Absent.NOBODY
    if any(text in _ONLY for text in ends):
        return True, Absent.ANYBODY
    return False, Absent.UNSAID
