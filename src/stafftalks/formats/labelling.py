"""How elements are labelled on paper and in files: the banner over all portions, and the portion mark of each.

A portion's own mark is read under the element's policy and written as the policy writes it. What cannot be read stands as it was given, and beside the
rest in the banner: paper shows what is there, and whether it may leave is judged elsewhere. The banner is the one that pages bear: no paper says less at
its top than stands on it.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from stafftalks.formats.binding_4778 import binding
from stafftalks.formats.laid_out import UNMARKED, Marks
from stafftalks.formats.packing import Binding
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.markings import markings_within
from stafftalks.planning.portions import split_mark
from stafftalks.values.banner import BESIDE, banners
from stafftalks.values.label import Label, LabelError, Marking
from stafftalks.values.policies import Policies


class Labelling(msgspec.Struct, frozen=True):
    """One element's: `markings` are its own and its portions', each once; `marks` gives the portion mark of each."""

    markings: tuple[Marking, ...]
    marks: Marks

    @property
    def marked(self) -> bool:
        """Whether anything is marked at all."""
        return any(marking.banner() for marking in self.markings)


def labelling(policies: Policies, content: Content | UnknownContent, none: str = "") -> Labelling:
    """How this element is labelled; `none` is the portion mark of what bears no marking, for a paper on which other things do."""
    if isinstance(content, UnknownContent):
        return Labelling((), _Reader(policies, Marking(), none).marks)
    return Labelling(markings_within(content), _Reader(policies, content.marking, none).marks)


def banner(policies: Policies, several: Iterable[Labelling], language: str = "") -> str:
    """The banner over all these together; the empty text where nothing is marked."""
    return BESIDE.join(banners(policies, (marking for one in several for marking in one.markings), language))


def labels(policies: Policies, several: Iterable[Labelling]) -> tuple[Label, ...]:
    """The labels that stand for all these together, by policy; markings that cannot be read have none."""
    return policies.combined(_read(policies, (marking for one in several for marking in one.markings)))


def binding_of(policies: Policies, several: Iterable[Labelling], at: int) -> Binding:
    """What binds the labels that stand for all these, given at `at` (unix seconds), to the parts of an office file.

    Where one of them cannot be said in XML nothing is bound: part of the labels would say less than the banner does.
    """
    held = tuple(map(policies.as_metadata, labels(policies, several)))

    def bind(parts: Sequence[str]) -> bytes:
        try:
            return binding(held, dict.fromkeys(parts, ""), created_at=at)
        except LabelError:
            return b""

    return bind


def marks_of(one: Labelling, *, shown: bool) -> Marks:
    """The element's portion marks; none on a paper on which nothing is marked."""
    return one.marks if shown else UNMARKED


def _read(policies: Policies, markings: Iterable[Marking]) -> Iterator[Label]:
    for marking in dict.fromkeys(markings):
        try:
            yield policies.read(marking)
        except LabelError:
            continue


class _Reader:
    """Reads marks as they were typed under the policy of one element."""

    def __init__(self, policies: Policies, marking: Marking, none: str) -> None:
        self._policies = policies
        self._marking = marking
        self._none = none

    @property
    def marks(self) -> Marks:
        return Marks(self._mark, self._split)

    def _read(self, typed: str) -> Label | None:
        """The label of a mark (empty: of the element); None where it cannot be read."""
        try:
            if typed:
                return self._policies.read_portion(self._marking.policy, typed)
            return self._policies.read(self._marking)
        except LabelError:
            return None

    def _mark(self, typed: str) -> str:
        label = self._read(typed)
        return (typed or self._marking.banner() or self._none) if label is None else self._policies.portion_mark(label)

    def _split(self, text: str) -> tuple[str, str]:
        """A mark that cannot be read is left in the text, where it can be seen."""
        typed, rest = split_mark(text)
        return (self._mark(typed), rest) if typed and self._read(typed) is not None else ("", text)
