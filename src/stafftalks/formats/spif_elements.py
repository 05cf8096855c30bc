"""Elements of a policy file with their faults gathered: what is missing or wrong is said with element and line, and reading goes on.

A file with any fault is refused as a whole in the end; gathering them spares whoever mends it one round for each.
"""

import re
from collections.abc import Iterator
from typing import Final

from stafftalks.formats.xml_reading import Element, children, name_of, namespace_of, text_of
from stafftalks.values.policy import spellable

NAMESPACE: Final = "http://www.xmlspif.org/spif"
MAX_FAULTS: Final = 50
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TRUE: Final = ("true", "1")


class Findings:
    """What was found wrong, and what is worth knowing, each as a sentence with its line."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.notes: list[str] = []

    def fault(self, where: Element, sentence: str) -> None:
        """Says what is wrong with this element."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(f"Line {where.sourceline}, <{name_of(where)}>: {sentence}")

    def note(self, where: Element, sentence: str) -> None:
        """Says what of this element is read differently than it may be meant, once."""
        said = f"<{name_of(where)}>: {sentence}"
        if len(self.notes) < MAX_FAULTS and said not in self.notes:
            self.notes.append(said)

    def within(self, parent: Element, *known: str) -> Iterator[Element]:
        """The elements directly within; one that is not among `known` is a fault, since it could hold a rule. Other namespaces are passed over with a note."""
        for child in children(parent):
            if namespace_of(child) != NAMESPACE:
                self.note(child, "is of another namespace and is not read.")
            elif name_of(child) in known:
                yield child
            else:
                self.fault(child, f"is not known inside <{name_of(parent)}>; nothing of a policy is passed over.")

    def text(self, element: Element, name: str) -> str:
        """An attribute that must be there and not be empty; the empty text where it is not."""
        given = optional(element, name)
        if not given:
            self.fault(element, f"{name} is missing or empty.")
        return given

    def name(self, element: Element, name: str = "name") -> str:
        """An attribute that names something in markings."""
        given = self.text(element, name)
        if given and not spellable(given):
            self.fault(
                element,
                f"“{short(given)}” cannot stand in a marking: 1 to 200 characters without // = ; | and quotation marks.",
            )
        return given

    def number(self, element: Element, name: str) -> int:
        """A whole number; 0 where it is none."""
        given = self.text(element, name)
        if given and not _NUMBER.fullmatch(given):
            self.fault(element, f"{name} “{short(given)}” is not a whole number.")
            return 0
        return int(given) if given else 0

    def code(self, element: Element, name: str = "lacv") -> str:
        """A code by which others refer to this, without leading zeros."""
        given = self.text(element, name)
        return str(int(given)) if _NUMBER.fullmatch(given) else given

    def choice(self, element: Element, name: str, *allowed: str) -> str:
        """One of several words; the first of them where it is none."""
        given = self.text(element, name)
        if given and given not in allowed:
            self.fault(element, f"{name} “{short(given)}” is none of {', '.join(allowed)}.")
        return given if given in allowed else allowed[0]


def optional(element: Element, name: str) -> str:
    """An attribute on one line; the empty text where it is not there."""
    given = element.get(name)
    return "" if given is None else " ".join(str(given).split())


def flagged(element: Element, name: str) -> bool:
    """Whether an attribute says yes."""
    return optional(element, name).lower() in _TRUE


def content(element: Element) -> str:
    """The element's text on one line."""
    return text_of(element)


def short(text: str) -> str:
    """The text, cut where it is long, to stand in a sentence."""
    return text if len(text) <= 80 else f"{text[:80]}…"
