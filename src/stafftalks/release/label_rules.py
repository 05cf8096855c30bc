"""The rules about labels: of the element, of each of its portions, and of what it is drawn from.

Nothing falls back to a lower marking: what is not marked, or marked in a way that no policy known here allows, does not leave. A portion without a
mark bears that of what it stands in, so the element's own marking must be as strict as every portion that leaves with it; a row's as strict as
what stands in the row. An originator's marking is read as it was given: where it can be compared with ours, ours is at least as strict.
"""

from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.portions import Portion, may_be_marked, portions, within, without_lead
from stafftalks.planning.refs import ExactRef
from stafftalks.values.errors import Refusal
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Label, LabelError
from stafftalks.values.policies import Policies

_ELEMENT = "The element"


class Labelled(msgspec.Struct, frozen=True):
    """One label of an element: in words what bears it (in how many more places than the first), and at which path; empty for the element."""

    what: str
    path: str
    label: Label


class Labels(msgspec.Struct, frozen=True):
    """Every different label that an element bears, and `faults` where something in it bears none that can be read.

    `element` is None where its own marking cannot be read. `inside` are pairs of a mark and one that stands inside it, each once. `origins`
    are the originators' labels.
    """

    element: Label | None
    portions: tuple[Labelled, ...]
    inside: tuple[tuple[Label, Labelled], ...]
    origins: tuple[tuple[ExactRef, Labelled], ...]
    faults: tuple[Refusal, ...]


def labels_of(content: Content | UnknownContent, policies: Policies, raw: bytes = b"") -> Labels:
    """The labels of all of `content`, read under the policies known here; `raw` are the element's exact bytes, where they are at hand."""
    if isinstance(content, UnknownContent):
        return Labels(None, (), (), (), ())
    faults: list[Refusal] = []
    whole = read_label(partial(policies.read, content.marking), _ELEMENT, faults)
    marked = _Marked(policies, content.marking.policy, faults)
    known = policies.get(content.marking.policy) is not None  # else the one fault of the element says it
    if known and (not raw or may_be_marked(raw)):
        marked.walk(portions(content))
    origins = []
    for origin in content.origins:
        what = f"What it draws from {origin.source.party}"
        label = read_label(partial(policies.read, origin.marking), what, faults)
        if label is not None:
            origins.append((origin.source, Labelled(what, "origins", label)))
    return Labels(whole, tuple(marked.found.values()), tuple(marked.inside.values()), tuple(origins), tuple(faults))


def label_refusals(
    labels: Labels, policies: Policies, audience: tuple[PartyId, ...], about: PartyId | None = None
) -> Iterator[Refusal]:
    """Every rule about labels that says no to releasing what bears these to `audience`.

    `about` is whose text it speaks of, where it is talk: marked as that text is, under that party's own policy, it may go back to that party,
    which says to whom beside itself its text may go.
    """
    yield from labels.faults
    yield from _covered(labels, policies)
    whole = () if labels.element is None else (Labelled(_ELEMENT, "", labels.element),)
    for party in audience:
        barred = [item for item in (*whole, *labels.portions) if policies.releasable_to(item.label, party) is False]
        for item in barred:
            policy = policies.get(item.label.policy)
            if party == about and policy is not None and policy.owner == party:
                continue
            sentence = (
                f"{item.what} is marked {_shown(policies, item.label)}, which does not let {party} read it. Take it out, or have its "
                "originator mark it otherwise."
            )
            yield Refusal("label-not-releasable", sentence)


def _covered(labels: Labels, policies: Policies) -> Iterator[Refusal]:
    """Whatever stands in something is covered by the marking of what it stands in."""
    if labels.element is not None:
        for item in labels.portions:
            if not policies.dominates(labels.element, item.label):
                yield _below("the element", labels.element, item, policies)
        for source, item in labels.origins:
            same = policies.get(item.label.policy) is policies.get(labels.element.policy)
            if same and not policies.dominates(labels.element, item.label):
                yield _below(
                    "the element",
                    labels.element,
                    msgspec.structs.replace(item, what=f"{source}, which it draws on,"),
                    policies,
                )
    for outer, item in labels.inside:
        if not policies.dominates(outer, item.label):
            yield _below("the row", outer, item, policies)


def _below(holder: str, outer: Label, item: Labelled, policies: Policies) -> Refusal:
    sentence = (
        f"{item.what} is marked {_shown(policies, item.label)}, and {holder} that it stands in {_shown(policies, outer)}, which is less strict. "
        "Mark one of them otherwise, or take the portion out."
    )
    return Refusal("label-below-portions", sentence)


class _Marked:
    """The different marks of an element's portions, each with the first portion that bears it."""

    def __init__(self, policies: Policies, policy: str, faults: list[Refusal]) -> None:
        self.policies, self.policy, self.faults = policies, policy, faults
        self.found: dict[str, Labelled] = {}
        self.inside: dict[tuple[str, str], tuple[Label, Labelled]] = {}
        self._refused: set[str] = set()

    def walk(self, found: tuple[Portion, ...]) -> None:
        """Takes in every portion, in reading order: rows stand before what stands in them."""
        around: list[Portion] = []
        for portion in found:
            while around and not within(portion.path, around[-1].path):
                around.pop()
            outer = around[-1].mark if around else ""
            if portion.mark and portion.mark != outer:
                self._take(portion, outer)
            if portion.row:
                around.append(portion)
            else:
                self._passed_over(portion)

    def _passed_over(self, portion: Portion) -> None:
        """A parenthesis that the policy reads as a mark, but that does not stand out as one, is refused: it would be passed over."""
        begins = without_lead(portion.text)
        mark = self.policies.split_portion(self.policy, begins)[0] if begins.lstrip()[:1] == "(" else ""
        if mark:
            sentence = (
                f"{portion.label} begins with ({mark}), which policy {self.policy} reads as a portion mark, but it is not written as one: "
                "write it once and in capitals, or let the text begin otherwise."
            )
            self.faults.append(Refusal("label-malformed", sentence))

    def _take(self, portion: Portion, outer: str) -> None:
        if portion.mark not in self.found and portion.mark not in self._refused:
            reading = partial(self.policies.read_portion, self.policy, portion.mark)
            label = read_label(reading, portion.label, self.faults)
            if label is None:
                self._refused.add(portion.mark)
            else:
                self.found[portion.mark] = Labelled(portion.label, portion.path, label)
        if outer in self.found and portion.mark in self.found:
            inner = msgspec.structs.replace(self.found[portion.mark], what=portion.label, path=portion.path)
            self.inside.setdefault((outer, portion.mark), (self.found[outer].label, inner))


def read_label(reading: Callable[[], Label], what: str = "", faults: list[Refusal] | None = None) -> Label | None:
    """The label that `reading` gives; None where it can be read under no policy, and then `faults` takes in why, `what` being what bears it."""
    try:
        return reading()
    except LabelError as error:
        if faults is not None:
            faults.extend(Refusal(refusal.rule, f"{what}: {refusal.sentence}") for refusal in error.refusals)
        return None


def _shown(policies: Policies, label: Label) -> str:
    return policies.banner(label)
