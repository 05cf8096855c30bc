"""The told stories: scripts of what two staffs, or two agencies, write, release and say to each other, and their playing on the stage.

A script is data in `chapters/*.yaml`. `@name` in it stands for an element written earlier in the story, `@@name` for its exact version.
Every move goes through the same services, by the same roles, as a page or a command would; nothing is put into a database by hand.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Final, assert_never

import msgspec
import yaml

from stafftalks.accord.bodies import EntryRef
from stafftalks.planning.profiles import ProfileName
from stafftalks.site.demo import story_checks
from stafftalks.site.demo.lines import Asked, Made
from stafftalks.site.demo.stage import Actor, Stage
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash
from stafftalks.values.realm import Realm

CHAPTERS: Final[dict[ProfileName, tuple[str, ...]]] = {
    "military": ("january_2023", "kessar", "amar"),
    "civil": ("tarn_flood", "orla_fire"),
}
"""The scripts of each profile in the order in which they are played."""
_Clause = dict[str, str]
_PUBLIC: Final = "UNCLASSIFIED"
_LETTERS_END: Final = "2035-12-31"


class _Move(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    by: PartyId


class Propose(_Move, frozen=True, tag="propose"):
    """A head of delegation founds the accord."""

    title: str
    purpose: str
    realms: tuple[Realm, ...]
    clauses: tuple[_Clause, ...]
    message: str = ""


class Ask(_Move, frozen=True, tag="ask"):
    """A question on a clause, called `as` from here on."""

    text: str
    clause: str
    as_: str = msgspec.field(name="as")


class AnswerIt(_Move, frozen=True, tag="answer"):
    """An answer to the question called `question`."""

    question: str
    text: str


class Amend(_Move, frozen=True, tag="amend"):
    """Other wording of some clauses."""

    clauses: tuple[_Clause, ...]
    message: str = ""


class Accept(_Move, frozen=True, tag="accept"):
    """These realms and every wording on the table."""

    realms: tuple[Realm, ...]
    statement: str = ""


class WriteLetter(_Move, frozen=True, tag="letter"):
    """A head of delegation writes down what may be released to the other party in this contingency, and who may decide it."""

    content: dict[str, object]


class Write(_Move, frozen=True, tag="write"):
    """A planner's new element, called `as`; released or asked for at once where a realm is named."""

    content: dict[str, object]
    as_: str = msgspec.field(name="as")
    release_in: Realm | None = None
    ask_in: Realm | None = None
    note: str = ""


class Revise(_Move, frozen=True, tag="revise"):
    """An element with some fields replaced, and released anew."""

    element: str
    change: dict[str, object]
    release_in: Realm
    note: str = ""


class ReleaseIt(_Move, frozen=True, tag="release"):
    """A planner asks, the officer lets it go."""

    element: str
    realm: Realm
    note: str = ""


class AskRelease(_Move, frozen=True, tag="ask release"):
    """A planner asks; the request waits on the desk."""

    element: str
    realm: Realm
    note: str = ""


class HandBack(_Move, frozen=True, tag="hand back"):
    """The officer returns the request for this element with a question."""

    element: str
    question: str


class Recall(_Move, frozen=True, tag="recall"):
    """The officer recalls the element; the story goes on once the partner has confirmed."""

    element: str
    reason: str


class SetCheckBudget(_Move, frozen=True, tag="check budget"):
    """A head of delegation lets private checks with the other side follow one another without a pause."""


class Check(_Move, frozen=True, tag="check"):
    """A disclosure officer proposes a private check of these activities; the other consents with `answered_with`, or it waits where that is empty.

    `flagged` are the titles of what collides, the proposer's first.
    """

    purpose: str
    area: str
    window: str
    activities: tuple[str, ...]
    answered_with: tuple[str, ...] = ()
    flagged: tuple[str, ...] = ()


Move = (
    Propose
    | Ask
    | AnswerIt
    | Amend
    | Accept
    | WriteLetter
    | Write
    | Revise
    | ReleaseIt
    | AskRelease
    | HandBack
    | Recall
    | SetCheckBudget
    | Check
)


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One script: one accord and the elements of one contingency. `classification` is what both staffs mark what they write in it."""

    contingency: str
    classification: str
    script: tuple[Move, ...]


def chapters(profile: ProfileName = "military") -> Iterator[Chapter]:
    """Every chapter of the profile's story, in order."""
    for name in CHAPTERS[profile]:
        text = resources.files("stafftalks.site.demo").joinpath("chapters", f"{name}.yaml").read_text("utf-8")
        yield msgspec.convert(yaml.safe_load(text), Chapter)


class _Written(msgspec.Struct):
    """An element of the story as it stands."""

    party: PartyId
    element: ElementId
    version: VersionHash
    content: dict[str, object]
    request: str = ""


class Player:
    """Plays chapters; elements stay known from one chapter to the next."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._written: dict[str, _Written] = {}
        self._questions: dict[str, EntryRef] = {}
        self._accord = AccordId("")

    def play(self, chapter: Chapter) -> None:
        """Plays the chapter from its proposal to its end, each headquarters holding what the other said before it moves."""
        self._accord = AccordId("")
        last: PartyId | None = None
        for move in chapter.script:
            if self._accord and move.by != last:
                self._stage.settle(self._accord)
            self._move(move, chapter)
            last = move.by
        self._stage.settle(self._accord)

    def _move(self, move: Move, chapter: Chapter) -> None:
        actor = self._stage.actors[move.by]
        match move:
            case Propose() | Ask() | AnswerIt() | Amend() | Accept():
                self._say(actor, move)
            case WriteLetter():
                actor.call(Made, "add", "head", content=lettered(move, chapter, self._stage.other(move.by).party))
            case Write():
                self._write(actor, move, chapter)
            case Revise():
                self._revise(actor, move)
            case ReleaseIt():
                self._release(actor, move.element, move.realm, move.note)
            case AskRelease():
                self._ask_release(actor, move.element, move.realm, move.note)
            case HandBack():
                request = self._known(move.element).request
                actor.call(Asked, "hand back", "officer", request=request, question=move.question)
            case Recall():
                self._recall(actor, move)
            case SetCheckBudget():
                actor.call(int, "set check budget", "head", partner=[self._stage.other(move.by).party])
            case Check():
                self._check(actor, move)
            case _:
                assert_never(move)

    def _say(self, actor: Actor, move: Propose | Ask | AnswerIt | Amend | Accept) -> None:
        """What heads of delegation say about the accord."""
        match move:
            case Propose():
                self._accord = actor.call(
                    AccordId, "propose", "head", title=move.title, purpose=move.purpose, message=move.message,
                    realms=move.realms, clauses=move.clauses, to=[self._stage.other(move.by).party],
                )  # fmt: skip
            case Ask():
                self._questions[move.as_] = actor.call(
                    EntryRef, "ask", "head", accord=self._accord, clause=move.clause, text=move.text
                )
            case AnswerIt():
                question = self._questions[move.question]
                actor.call(EntryRef, "answer", "head", accord=self._accord, question=question, text=move.text)
            case Amend():
                actor.call(EntryRef, "amend", "head", accord=self._accord, clauses=move.clauses, message=move.message)
            case Accept():
                actor.call(
                    EntryRef, "accept", "head", accord=self._accord, realms=move.realms, statement=move.statement
                )
            case _:
                assert_never(move)

    def _write(self, actor: Actor, move: Write, chapter: Chapter) -> None:
        if move.as_ in self._written:
            raise MisuseError(f"The story has two elements called {move.as_}.")
        content = dressed(move, chapter, self._spell)
        made = actor.call(Made, "add", "planner", content=content)
        self._written[move.as_] = _Written(move.by, made.element, made.version, content)
        if move.release_in:
            self._release(actor, move.as_, move.release_in, move.note)
        if move.ask_in:
            self._ask_release(actor, move.as_, move.ask_in, move.note)

    def _revise(self, actor: Actor, move: Revise) -> None:
        known = self._known(move.element)
        known.content |= resolved(move.change, self._spell)
        made = actor.call(Made, "revise", "planner", element=known.element, content=known.content)
        known.version = made.version
        self._release(actor, move.element, move.release_in, move.note)

    def _ask_release(self, actor: Actor, name: str, realm: Realm, note: str) -> None:
        known, to = self._known(name), [self._stage.other(actor.party).party]
        asked = actor.call(
            Asked, "request", "planner", accord=self._accord, element=known.element, realm=realm, to=to, note=note
        )
        known.request = asked.id

    def _release(self, actor: Actor, name: str, realm: Realm, note: str) -> None:
        self._ask_release(actor, name, realm, note)
        actor.call(Asked, "release", "officer", request=self._known(name).request)

    def _recall(self, actor: Actor, move: Recall) -> None:
        self._stage.settle(self._accord)
        element, partner = self._known(move.element).element, self._stage.other(move.by).party
        actor.call(EntryRef, "recall", "officer", accord=self._accord, element=element, reason=move.reason)

        def confirmed() -> bool:
            view = actor.seen(self._accord)
            recalls = view.recalls if view else ()
            return {partner: "confirmed removed"} in [found.holders for found in recalls if found.element == element]

        self._stage.until(f"{partner} confirms the recall of {move.element}", confirmed)

    def _check(self, actor: Actor, move: Check) -> None:
        said: dict[str, object] = {"purpose": move.purpose, "area": move.area, "window": move.window}
        ours, theirs = (
            [self._known(name).element for name in names] for names in (move.activities, move.answered_with)
        )
        story_checks.hold(self._stage, self._accord, actor, said, ours, theirs, move.flagged)

    def _known(self, name: str) -> _Written:
        if name not in self._written:
            raise MisuseError(f"The story speaks of {name} before it is written.")
        return self._written[name]

    def _spell(self, name: str, *, exact: bool) -> str:
        known = self._known(name)
        return f"{known.party}/{known.element}" + (f"/{known.version}" if exact else "")


def dressed(move: Write, chapter: Chapter, spell: Callable[..., str]) -> dict[str, object]:
    """The content that `move` writes: its names spelt out, its contingency named, and marked as its staff would."""
    asked = {one.element for one in chapter.script if isinstance(one, ReleaseIt | AskRelease | Revise)}
    shared = bool(move.release_in or move.ask_in or move.as_ in asked)
    caveat = f"REL TO {', '.join(sorted({one.by for one in chapter.script}))}" if shared else f"{move.by} ONLY"
    caveats = [] if chapter.classification == _PUBLIC else [caveat]
    marking = {"policy": move.by, "classification": chapter.classification, "caveats": caveats}
    return {"contingency": chapter.contingency, "marking": marking, **resolved(move.content, spell)}


def lettered(move: WriteLetter, chapter: Chapter, partner: PartyId) -> dict[str, object]:
    """The letter that `move` writes: for `partner`, this contingency and what its staff marks in it, by either way, decided by the officer."""
    classification = chapter.classification
    ceiling = {"policy": move.by, "classification": classification, "categories": ["REL TO"]}
    return {
        "kind": "letter",
        "contingency": chapter.contingency,
        "marking": {"policy": move.by, "classification": classification, "caveats": [f"{move.by} ONLY"]},
        "partner": partner,
        "ceilings": [ceiling],
        "contingencies": [chapter.contingency],
        "detail": {"positions": "exact", "counts": "exact", "times": "exact"},
        "methods": ["https", "file"],
        "deciders": ["officer"],
        "valid_until": _LETTERS_END,
        **move.content,
    }


def resolved(mapping: Mapping[str, object], spell: Callable[..., str]) -> dict[str, object]:
    """The mapping with every `@name` and `@@name` spelt as `spell(name, exact=...)` does."""
    return {name: _resolve(value, spell) for name, value in mapping.items()}


def _resolve(value: object, spell: Callable[..., str]) -> object:
    match value:
        case str() if value.startswith("@@"):
            return spell(value[2:], exact=True)
        case str() if value.startswith("@"):
            return spell(value[1:], exact=False)
        case dict():
            return resolved(value, spell)
        case list():
            return [_resolve(item, spell) for item in value]
        case _:
            return value
