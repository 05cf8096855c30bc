"""Marking policies from Open XML SPIF files of version 2.1, and of 2.0 as public ones are; 3.0 is refused.

The whole policy is read or none of it: an element that is not known could hold a rule, so it is a fault, and every fault is said with element and line. What
is read and not used (dates of values, limits of selection, equivalents of whole tag sets) is said too, as a note. Source: xmlspif.org, ADatP-4774.1.
"""

import re
from typing import Final

import msgspec

from stafftalks.formats.spif_categories import Rules, equivalent, tags
from stafftalks.formats.spif_elements import NAMESPACE, Findings, flagged, optional, short
from stafftalks.formats.spif_words import WORDS, phrases, qualifiers
from stafftalks.formats.xml_reading import Element, children, name_of, namespace_of, root_of
from stafftalks.values.errors import PeerError, WrongValueError
from stafftalks.values.label_reading import split_portion_mark
from stafftalks.values.policy import Classification, Policy, Tag, folded

MAX_BYTES: Final = 4 * 1024 * 1024
_VERSIONS: Final = ("2.0", "2.1")
_OID = re.compile(r"[0-2](?:\.[0-9]{1,40}){1,40}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}|[A-Za-z]{3,20}")
_PASSED_OVER: Final = ("defaultSecurityPolicyId", "updateInfo", "extensions")
_READ: Final = (
    "securityPolicyId",
    "securityClassifications",
    "securityCategoryTagSets",
    "equivalentPolicies",
    "privacyMarks",
    *WORDS,
)


class ReadPolicy(msgspec.Struct, frozen=True):
    """A policy, and sentences about what of its file is not used here."""

    policy: Policy
    notes: tuple[str, ...] = ()


class SpifError(PeerError):
    """A policy file that cannot be read; `faults` says each thing that is wrong with it."""

    def __init__(self, *faults: str) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def read(raw: bytes) -> ReadPolicy:
    """The policy in this file; raises SpifError with every fault, PeerError for what is no safe XML."""
    root = root_of(raw, "The policy file", MAX_BYTES)
    _known_version(root)
    found = Findings()
    parts: dict[str, Element] = {}
    for child in found.within(root, *_READ, *_PASSED_OVER):
        if name_of(child) in parts and name_of(child) not in WORDS:
            found.fault(child, "is given twice.")
        parts[name_of(child)] = child
    policy = _policy(root, parts, found)
    if found.faults or policy is None:
        raise SpifError(*(found.faults or ["The file holds no policy."]))
    return ReadPolicy(policy, tuple(found.notes))


def _known_version(root: Element) -> None:
    if namespace_of(root) != NAMESPACE or name_of(root) != "SPIF":
        raise SpifError(f"This is no Open XML SPIF: its first element must be SPIF of the namespace {NAMESPACE}.")
    version = optional(root, "schemaVersion")
    if version not in _VERSIONS:
        said = f"of version {short(version)}" if version else "that does not say its schemaVersion"
        raise SpifError(
            f"This is an Open XML SPIF {said}; versions {' and '.join(_VERSIONS)} can be read. Ask its authority for one of them."
        )


def _policy(root: Element, parts: dict[str, Element], found: Findings) -> Policy | None:
    named, levels = parts.get("securityPolicyId"), parts.get("securityClassifications")
    if named is None or levels is None:
        missing = "securityPolicyId" if named is None else "securityClassifications"
        found.fault(root, f"<{missing}> is missing.")
        return None
    if "privacyMarks" in parts:
        found.note(parts["privacyMarks"], "which privacy marks there are is not judged: any is taken.")
    others = _others(parts.get("equivalentPolicies"), found)
    rungs = [
        one
        for one in found.within(levels, "securityClassification", *WORDS)
        if name_of(one) == "securityClassification"
    ]
    names = frozenset(optional(one, "name") for one in rungs)
    sets = parts.get("securityCategoryTagSets")
    known_tags: tuple[Tag, ...] = () if sets is None else tags(sets, found, names, others)
    rules = Rules(known_tags, found)
    own_phrases, _ = phrases(root, found)
    more_phrases, _ = phrases(named, found)
    around = qualifiers(root, found)
    classifications = _with_portions(
        [_classification(one, rules, others) for one in rungs], around[0].prefix if around else ""
    )
    _told_apart(classifications, rungs, found)
    try:
        return Policy(
            name=found.name(named),
            uri=_identifier(found.text(named, "id")),
            classifications=tuple(classifications),
            tags=known_tags,
            phrases=(*own_phrases, *more_phrases),
            qualifiers=around,
        )
    except WrongValueError as error:
        if not found.faults:
            found.fault(root, str(error))
        return None


def _classification(element: Element, rules: Rules, others: dict[str, str]) -> Classification:
    found = rules.found
    said, portion = phrases(element, found)
    stated = [
        one
        for child in found.within(element, "equivalentClassification", "requiredCategory", "excludedCategory", *WORDS)
        if name_of(child) == "equivalentClassification" and _unconditional(child, found)
        if (one := equivalent(child, found, others)) is not None
    ]
    colour = optional(element, "color") or optional(element, "bgcolor")
    return Classification(
        name=found.name(element),
        rank=found.number(element, "hierarchy"),
        code=found.code(element),
        portion=portion,
        phrases=said,
        colour=colour if _COLOUR.fullmatch(colour) else "",
        obsolete=flagged(element, "obsolete"),
        required=rules.groups(element),
        excluded=rules.excluded(element),
        equivalents=tuple(stated),
    )


def _unconditional(element: Element, found: Findings) -> bool:
    """Whether an equivalence holds as it stands; one that asks for more categories is not used."""
    if any(True for _ in children(element)):
        found.note(element, "an equivalence that asks for further categories is not used.")
        return False
    return True


def _with_portions(read: list[Classification], prefix: str) -> list[Classification]:
    """The same, each with the portion mark that the file says, else its initials where they tell it apart and no prefix tells it already."""
    initials = ["".join(word[0] for word in one.name.split() if word[:1].isalpha()).upper() for one in read]
    taken = {folded(one.name) for one in read} | {folded(one.portion) for one in read}
    return [
        one
        if one.portion
        or prefix.strip()
        or not short_form
        or initials.count(short_form) > 1
        or folded(short_form) in taken
        else msgspec.structs.replace(one, portion=short_form)
        for one, short_form in zip(read, initials, strict=True)
    ]


def _told_apart(read: list[Classification], elements: list[Element], found: Findings) -> None:
    if not read:
        return
    names: set[str] = set()
    codes: set[str] = set()
    for one, element in zip(read, elements, strict=True):
        for given, seen, what in ((one.name, names, "name"), (one.code, codes, "lacv")):
            if given and folded(given) in seen:
                found.fault(element, f"the {what} {short(given)} is given twice.")
            seen.add(folded(given))
        marks = [mark for mark in (one.portion, one.name) if mark]
        if marks and not any(split_portion_mark(f"({mark}) ")[0] for mark in marks):
            found.note(
                element,
                f"“{short(one.name)}” at the beginning of a paragraph is told from other text only by this policy: "
                "mark such portions in rows, or with // after it.",
            )


def _others(element: Element | None, found: Findings) -> dict[str, str]:
    """The identifiers of equivalent policies by the names that this file gives them."""
    others: dict[str, str] = {}
    for one in () if element is None else found.within(element, "equivalentPolicy"):
        if any(True for _ in children(one)):
            found.note(one, "what an equivalent policy asks for besides is not judged.")
        others[found.text(one, "name")] = _identifier(found.text(one, "id"))
    return others


def _identifier(given: str) -> str:
    return f"urn:oid:{given}" if _OID.fullmatch(given) else given
