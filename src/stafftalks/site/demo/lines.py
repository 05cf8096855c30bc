"""The line of JSON that the stage and an actor speak over a pipe: one call a line, one answer a line, in order."""

from typing import TypeVar

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash

_T = TypeVar("_T")


class Orders(msgspec.Struct, frozen=True):
    """The first line an actor reads: which party to be, where to listen, and the password its people sign in with when it is founded."""

    party: str
    web_listen: str
    node_listen: str
    password: str


class Call(msgspec.Struct, frozen=True):
    """Something to do: `verb` is one of `verbs.VERBS`, `by` the username of who does it, `args` what it takes."""

    verb: str
    by: str = ""
    args: dict[str, object] = {}


class Fault(msgspec.Struct, frozen=True):
    """Why a call was not done: the sentence, and the ids of the rules that said no, where rules did. `foreseen` is False for a defect."""

    sentence: str
    rules: tuple[str, ...] = ()
    foreseen: bool = True


class Answer(msgspec.Struct, frozen=True):
    """What came of a call: a result, or a fault."""

    result: object = None
    fault: Fault | None = None


class Args:
    """The arguments of a call, each read as what it must be; raises MisuseError naming the one that is not."""

    def __init__(self, args: dict[str, object]) -> None:
        self._args = args

    def text(self, name: str, default: str | None = None) -> str:
        """A text; where it is missing, `default`."""
        return self._one(name, str, default)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, empty where it is missing."""
        return self._one(name, tuple[str, ...], ())

    def mapping(self, name: str) -> dict[str, object]:
        """A mapping."""
        return self._one(name, dict[str, object], None)

    def rows(self, name: str) -> tuple[dict[str, str], ...]:
        """A list of mappings of texts, empty where it is missing."""
        return self._one(name, tuple[dict[str, str], ...], ())

    def _one(self, name: str, kind: type[_T], default: _T | None) -> _T:
        if name not in self._args:
            if default is None:
                raise MisuseError(f"The call lacks {name!r}.")
            return default
        try:
            return msgspec.convert(self._args[name], kind)
        except msgspec.ValidationError as error:
            raise MisuseError(f"The call's {name!r} cannot be read: {error}.") from error


class Ready(msgspec.Struct, frozen=True):
    """The first line an actor writes: where it answers, and its process's number."""

    web: str
    node: str
    process: int


class CardSeen(msgspec.Struct, frozen=True):
    """A card as handed over, in base64, and its fingerprint's words as its owner would read them out."""

    document: str
    words: str


class Made(msgspec.Struct, frozen=True):
    """An own element as it now stands."""

    element: ElementId
    version: VersionHash
    revised_by: str = ""


class Asked(msgspec.Struct, frozen=True):
    """A release request: its id, where it stands, and the entry of our record where it was released."""

    id: str
    state: str
    entry: EntryRef | None = None


class Previewed(msgspec.Struct, frozen=True):
    """What a decider sees: the partner's rendering, drawn from the exact element `raw`."""

    raw: str
    version: VersionHash
    title: str
    sections: int


class Wording(msgspec.Struct, frozen=True):
    """One clause as it stands: the hashes of its wordings, and whether all accepted the same."""

    id: str
    hashes: tuple[str, ...]
    agreed: bool


class Talk(msgspec.Struct, frozen=True):
    """A question with the answers held; `clause` is the number of the clause it hangs on, empty for none."""

    question: EntryRef
    text: str
    clause: str
    answers: tuple[str, ...]


class Recalling(msgspec.Struct, frozen=True):
    """A recall: its entry, the entries it takes back, and what each holder answered."""

    ref: EntryRef
    element: ElementId
    entries: tuple[EntryRef, ...]
    holders: dict[PartyId, str]


class Seen(msgspec.Struct, frozen=True):
    """An accord as one headquarters holds it. `sizes` counts the entries held of each party's record."""

    id: AccordId
    title: str
    standing: dict[PartyId, str]
    open: tuple[str, ...]
    sizes: dict[PartyId, int]
    clauses: tuple[Wording, ...]
    talks: tuple[Talk, ...]
    recalls: tuple[Recalling, ...]
    agreed: tuple[VersionHash, ...]


class Held(msgspec.Struct, frozen=True):
    """A released element as held here, in its exact bytes; `positions` are each party's stance on it."""

    raw: str
    version: VersionHash
    entry: EntryRef
    positions: dict[PartyId, str]


class SlipSeen(msgspec.Struct, frozen=True):
    """Whether the store holds an entry's content, or cleared it."""

    held: bool
    cleared: bool


class Verified(msgspec.Struct, frozen=True):
    """What verification found of one record, and the largest size that another party has cosigned."""

    party: PartyId
    size: int
    cosigned: int
    sound: bool
    sentence: str


class Carried(msgspec.Struct, frozen=True):
    """What a bundle taken from a file brought: new entries, and the sentence of the log."""

    entries: int
    sentence: str


class CheckSeen(msgspec.Struct, frozen=True):
    """A private check as it stands at one headquarters: `over` once nothing is left to be done in it there. `points` are those of one side.

    `flagged` are the titles of its own activities that collide, None where it has not learnt; `places` the cells where.
    """

    state: str
    over: bool
    points: int
    flagged: tuple[str, ...] | None
    places: tuple[str, ...]
    faults: tuple[str, ...]


class CoverageSeen(msgspec.Struct, frozen=True):
    """By requirement, the state of its worst stretch of time; who holds all that it stands on."""

    states: dict[str, str]
    stays_home: bool
    readers: tuple[PartyId, ...]


class ScheduleSeen(msgspec.Struct, frozen=True):
    """Whether there is a schedule, why not and what would do; and, with the first of that taken as given, whether there is one then, and when each phase closes."""

    state: str
    why: str
    would_do: tuple[str, ...]
    then: str
    closes: dict[str, str]


class OptionsSeen(msgspec.Struct, frozen=True):
    """The forces that leave least short in the worst case, and how much that is; by branch, the worst that comes of what is best for it alone."""

    committed: tuple[str, ...]
    worst: float
    singles: dict[str, float]
    proven: bool


class Logged(msgspec.Struct, frozen=True):
    """A line of the exchange log."""

    direction: str
    channel: str
    outcome: str
    sentence: str
