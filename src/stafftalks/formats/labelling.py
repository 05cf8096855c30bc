"""How elements are labelled on paper and in files: the banner over all portions, and the portion mark of each.

A portion's own mark is read under the element's policy and written as the policy writes it. What cannot be read stands as it was given, and beside the
rest in the banner: paper shows what is there, and whether it may leave is judged elsewhere. The banner is the policy's combination of the labels of the
elements and of all their portions, so that no paper says less at its top than stands on it.
"""

from collections.abc import Iterable, Iterator

import msgspec

from stafftalks.formats.laid_out import UNMARKED, Marks
from stafftalks.planning import summary
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.values.banner import BESIDE
from stafftalks.values.label import Label, LabelError, Marking
from stafftalks.values.policies import Policies


class Labelling(msgspec.Struct, frozen=True):
    """One element's: `labels` are the element's and its portions', each once; `unread` is what was given and cannot be read."""

    labels: tuple[Label, ...]
    unread: tuple[str, ...]
    marks: Marks

    @property
    def marked(self) -> bool:
        """Whether anything is marked at all."""
        return bool(self.labels or self.unread)


def labelling(policies: Policies, content: Content | UnknownContent, none: str = "") -> Labelling:
    """How this element is labelled; `none` is the portion mark of what bears no marking, for a paper on which other things do."""
    marking = Marking() if isinstance(content, UnknownContent) else content.marking
    reader = _Reader(policies, marking, none)
    whole = reader.read("")
    labels: dict[Label, None] = {} if whole is None else {whole: None}
    unread: dict[str, None] = {}
    if marking.banner() and whole is None:
        unread[marking.banner()] = None
    for typed in reader.typed(content):
        found = reader.read(typed)
        if found is None:
            unread[typed] = None
        else:
            labels[found] = None
    return Labelling(tuple(labels), tuple(unread), Marks(reader.mark, reader.split))


def banner(policies: Policies, labellings: Iterable[Labelling]) -> str:
    """The banner over all these together; the empty text where nothing is marked."""
    held = tuple(labellings)
    labels = combined(policies, held)
    unread = dict.fromkeys(text for one in held for text in one.unread)
    return BESIDE.join((*(policies.banner(label) for label in labels), *unread))


def combined(policies: Policies, labellings: Iterable[Labelling]) -> tuple[Label, ...]:
    """The labels that stand for all these together, by policy."""
    return policies.combined(label for one in labellings for label in one.labels)


def marks_of(one: Labelling, *, shown: bool) -> Marks:
    """The element's portion marks; none on a paper on which nothing is marked."""
    return one.marks if shown else UNMARKED


class _Reader:
    """Reads marks as they were typed under the policy of one element."""

    def __init__(self, policies: Policies, marking: Marking, none: str) -> None:
        self._policies = policies
        self._marking = marking
        self._none = none

    def read(self, typed: str) -> Label | None:
        """The label of a mark (empty: of the element); None where it cannot be read."""
        try:
            if typed:
                return self._policies.read_portion(self._marking.policy, typed)
            return self._policies.read(self._marking)
        except LabelError:
            return None

    def mark(self, typed: str) -> str:
        """The portion mark, as the policy writes it; as it was given where it cannot be read."""
        label = self.read(typed)
        return (typed or self._marking.banner() or self._none) if label is None else self._policies.portion_mark(label)

    def split(self, text: str) -> tuple[str, str]:
        """A paragraph's own mark, and its text without it; a mark that cannot be read is left in the text, where it can be seen."""
        typed, rest = self._policies.split_portion(self._marking.policy, text)
        return (self.mark(typed), rest) if typed and self.read(typed) is not None else ("", text)

    def typed(self, content: Content | UnknownContent) -> Iterator[str]:
        """Every mark that was typed on a row, and those of paragraphs that can be read."""
        for section in summary.sections(content):
            yield from filter(None, (section.mark, *(section.table.marks if section.table else ())))
            for text in section.paragraphs:
                typed, _rest = self._policies.split_portion(self._marking.policy, text)
                if typed and self.read(typed) is not None:
                    yield typed
