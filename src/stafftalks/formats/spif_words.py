"""Marking texts of a policy file: phrases by language with what their codes mean, and what stands before, between and after values."""

from typing import Final

from stafftalks.formats.spif_elements import Findings, content, optional, short
from stafftalks.formats.xml_reading import Element, name_of
from stafftalks.values.policy import Phrase, Qualifier

WORDS: Final = ("markingData", "markingQualifier")
"""The elements that are read here."""
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_PLACES: Final = frozenset(
    [
        "pageTop",
        "pageBottom",
        "pageTopBottom",
        "documentStart",
        "documentEnd",
        "firstLineOfText",
        "firstLineofText",
        "lastLineOfText",
        "subject",
        "xHeader",
        "inputTitle",
        "waterMark",
        "unused",
    ]
)
"""Codes that say where a phrase stands. Here a banner is the same at both ends, so that no end says less than the other."""
_MEANINGS: Final = frozenset(
    ["replacePolicy", "noNameDisplay", "noMarkingDisplay", "suppressClassName", "supressClassName", "portionMarking"]
)


def phrases(holder: Element, found: Findings) -> tuple[tuple[Phrase, ...], str]:
    """The phrases of what `holder` stands for, and its portion mark where a phrase says one."""
    made: list[Phrase] = []
    portion = ""
    for element in holder:
        if name_of(element) != "markingData":
            continue
        codes = {content(code) for code in found.within(element, "code")}
        if unknown := codes - _PLACES - _MEANINGS:
            found.note(
                element, f"the code {short(sorted(unknown)[0])} is not known: its phrase stands in every banner."
            )
        text = _sayable(element, "phrase", found)
        language = optional(element, _LANGUAGE)
        if short_phrase := _sayable(element, "shortPhrase", found):
            portion = portion or short_phrase
        if "portionMarking" in codes:
            portion = portion or text
            if not codes & _PLACES:
                continue
        made.append(
            Phrase(
                text="" if "noMarkingDisplay" in codes else text,
                language=language,
                replaces_policy="replacePolicy" in codes,
                hides_name=bool(codes & {"noNameDisplay", "noMarkingDisplay"}),
                hides_classification=bool(codes & {"suppressClassName", "supressClassName"}),
            )
        )
    return tuple(dict.fromkeys(made)), portion


def qualifiers(holder: Element, found: Findings) -> tuple[Qualifier, ...]:
    """What stands around and between values, one for each language; what a language does not say is taken from the one that has none."""
    said: dict[str, dict[str, str]] = {}
    for element in holder:
        if name_of(element) != "markingQualifier":
            continue
        for one in found.within(element, "qualifier"):
            part = found.choice(one, "qualifierCode", "prefix", "separator", "suffix")
            text = str(one.get("markingQualifier") or "")
            if len(text) > 200 or not text.isprintable():
                found.fault(one, f"markingQualifier “{short(text)}” cannot stand in a marking.")
            said.setdefault(optional(one, _LANGUAGE), {}).setdefault(part, text)
    common = said.get("", {})
    made = [
        Qualifier(
            language=language,
            **{part: own.get(part, common.get(part, "")) for part in ("prefix", "separator", "suffix")},
        )
        for language, own in said.items()
    ]
    return tuple(sorted(made, key=lambda one: one.language))


def _sayable(element: Element, name: str, found: Findings) -> str:
    text = optional(element, name)
    if len(text) > 200 or not text.isprintable():
        found.fault(
            element,
            f"{name} “{short(text)}” cannot stand in a marking: it needs at most 200 characters that can be seen.",
        )
        return ""
    return text
