"""Talk over all accords: who said what about which exact version, ours that still stand at home beside it, and what has moved on since.

Only for our own people's eyes: drafts of ours stand here beside what was released, each marked as what it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.accord.state import TalkContent
from stafftalks.planning import compare, threads
from stafftalks.planning.compare import Change
from stafftalks.planning.element import UnknownContent, decode
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.summary import headline
from stafftalks.planning.talk import Comment, Suggestion
from stafftalks.planning.threads import Named, Node, Part
from stafftalks.planning.wording import shortened
from stafftalks.services import accords, elements, judging
from stafftalks.services.accords import AccordView
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash
from stafftalks.values.person import Person

TALK = ("comment", "position", "suggestion", "adoption")
_WINDOW = 1_000
Whereabouts = Literal["said", "home", "asked"]


class Said(msgspec.Struct, frozen=True):
    """A remark: `where` is said (released in `accord`), home (ours, nobody else has it) or asked (at home, its release asked for).

    `at` is when its author says it was released, or when it was saved here. `unsent` is a draft of ours that rewords what was said.
    `request` is the request that waits for it. `readers` are the other parties that hold it.
    """

    party: PartyId
    element: ElementId
    version: VersionHash
    kind: str
    content: TalkContent
    at: int
    where: Whereabouts
    accord: AccordId | Literal[""] = ""
    realm: str = ""
    readers: tuple[PartyId, ...] = ()
    by: str = ""
    unsent: bool = False
    request: str = ""

    @property
    def named(self) -> Named:
        """Its own party and element."""
        return self.party, self.element


class Head(msgspec.Struct, frozen=True):
    """A thread in a list: the text it is about, and how much was said. `title` and `kind` are empty where the text no longer stands here.

    `stale` counts remarks about a version that its party has replaced since. `unread` counts others' remarks since the reader looked.
    """

    party: PartyId
    element: ElementId
    title: str
    kind: str
    accords: tuple[AccordId, ...]
    remarks: int
    drafts: int
    unread: int
    stale: int
    newest: Said

    @property
    def line(self) -> str:
        """What was said last, on one line."""
        content = self.newest.content
        if isinstance(content, Suggestion) and not content.title:
            return shortened(content.proposed or content.rationale or content.field)
        return headline(content)

    @property
    def last_at(self) -> int:
        """When the last remark was made."""
        return self.newest.at


class Talked(msgspec.Struct, frozen=True):
    """A remark in its thread: the exact text it is about, as it stood, the part it names, and what has changed since.

    `about` is None where no copy of that version is held (recalled, or never given). `since` is None where the remark is about the
    version that stands now or where the two cannot be compared; `stale` says which. `answers` is whether it is about another remark.
    """

    said: Said
    about: Content | UnknownContent | None
    part: Part | None
    stale: bool
    answers: bool
    since: tuple[Change, ...] | None = None
    newest: VersionHash | Literal[""] = ""


class Thread(msgspec.Struct, frozen=True):
    """All that was said about one text. `standing` is its newest released version here (ours at home where it was never released).

    `moved_at_home` is whether our own text was revised since its last release: remarks are then still about what stands released.
    """

    party: PartyId
    element: ElementId
    title: str
    kind: str
    standing: ReleasedVersion | None
    content: Content | UnknownContent | None
    accord: AccordId | Literal[""]
    realm: str
    readers: tuple[PartyId, ...]
    recalled: bool
    moved_at_home: bool
    trees: tuple[Node[Talked], ...]
    remarks: int


def heads(
    hq: Headquarters, *, accord: AccordId | None = None, since: int = 0, about: PartyId | None = None
) -> tuple[Head, ...]:
    """Every thread, or those of one accord, or about one party's texts: those with something new since `since` first, then newest first."""
    views = _views(hq, accord)
    remarks = _remarks(hq, views, accord)
    topic = threads.topics((said.named, threads.named(said.content.about)) for said in remarks)
    gathered: dict[Named, list[Said]] = {}
    for said in remarks:
        gathered.setdefault(topic[said.named], []).append(said)
    wanted = {key: found for key, found in gathered.items() if about in (None, key[0])}
    titles = hq.holdings.titles([element for party, element in wanted if party == hq.party])
    made = [_head(hq, views, key, found, titles, since) for key, found in wanted.items()]
    return tuple(sorted(made, key=lambda head: (not head.unread, -head.last_at, head.party, head.element)))


def thread(hq: Headquarters, party: PartyId, element: ElementId, *, accord: AccordId | None = None) -> Thread | None:
    """The talk about one text, over all accords or in one; None where nothing of it is known here and nobody spoke of it."""
    views = _views(hq, accord)
    remarks = _remarks(hq, views, accord)
    topic = threads.topics((said.named, threads.named(said.content.about)) for said in remarks)
    mine = [said for said in remarks if topic[said.named] == (party, element)]
    own = hq.holdings.element(element) if party == hq.party else None
    found = _standing(views, party, element)
    recalled = any(element in view.accord.sheet(party).recalled for view in views if party in view.accord.parties)
    if found is None and own is None and not mine and not recalled:
        return None
    texts = _texts(hq, views, party, element, {said.named for said in mine})
    known: dict[tuple[VersionHash, VersionHash], tuple[Change, ...] | None] = {}
    talked = [_talked(views, said, texts, known) for said in mine]
    begun = threads.nest((_place(one.said), _answers_to(one.said), one) for one in talked)
    trees = tuple(
        reversed(begun)
    )  # as every list: the newest first; what answers stands below in the order it was said
    content = decode(found[1].raw).content if found else decode(own.raw).content if own else None
    view, release = found or (None, None)
    return Thread(
        party, element, headline(content) if content is not None else "",
        release.kind if release else own.kind if own else "", release, content,
        view.row.id if view else "", release.realm if release else "", _readers(views, party, element),
        recalled and found is None, bool(own and release and own.version != release.version), trees, len(mine),
    )  # fmt: skip


def take_over(
    hq: Headquarters, person: Person, element: ElementId, based_on: VersionHash, newest: VersionHash
) -> ElementRow:
    """Our own comment or suggestion, now about the version `newest` of the text it is about: saved at home, released only by the desk.

    A position or an adoption is not carried over: whether it holds for the new words is to be thought about anew.
    Raises MisuseError where it is neither, or where `newest` is not the version that stands; ConflictError as `elements.revise`.
    """
    content = elements.content(elements.get(hq, element))
    if not isinstance(content, Comment | Suggestion):
        raise MisuseError(
            "Only a comment or a suggestion of ours can be taken over to a new version: think of any other anew."
        )
    about = content.about
    if _newest(accords.views(hq), about.party, about.element) != newest:
        raise MisuseError("That is not the version that stands now: look at the thread again, then take it over.")
    moved = msgspec.structs.replace(content, about=ExactRef(about.party, about.element, newest))
    return elements.revise(hq, person, element, moved, based_on)


def changes_between(hq: Headquarters, one: str, other: str) -> tuple[Change, ...] | None:
    """What changed between two exact versions, given as `XMR/<element>/<version>`; None where either is not held or they cannot be compared."""
    try:
        before, after = ExactRef.parse(one), ExactRef.parse(other)
    except MisuseError:
        return None
    texts = _texts(hq, accords.views(hq), after.party, after.element, ())
    if before.version not in texts or after.version not in texts:
        return None
    return _changes(texts[before.version], texts[after.version])


def _views(hq: Headquarters, accord: AccordId | None) -> tuple[AccordView, ...]:
    return accords.views(hq) if accord is None else (accords.view(hq, accord),)


def _remarks(hq: Headquarters, views: Sequence[AccordView], accord: AccordId | None) -> list[Said]:
    """Everything said, released or at home, in the order it was said; one released in several accords stands once."""
    found: dict[tuple[PartyId, ElementId, VersionHash], Said] = {}
    for view in views:
        for party in view.accord.parties:
            for item in state.live_releases(view.accord, party):
                content = decode(item.raw).content if item.kind in TALK else None
                if isinstance(content, TalkContent):
                    key = (party, item.element, item.version)
                    other = found.get(key)
                    readers = tuple(sorted({*item.to, *(other.readers if other else ())} - {party}))
                    found[key] = Said(
                        party, item.element, item.version, item.kind, content, item.at, "said",
                        other.accord if other else view.row.id, item.realm, readers,
                    )  # fmt: skip
    spoken = {(said.party, said.element) for said in found.values()}
    remarks = [*found.values(), *_drafts(hq, views, found, spoken, everywhere=accord is None)]
    return sorted(remarks, key=lambda said: (said.at, said.party, said.element, said.where != "said"))


def _drafts(
    hq: Headquarters,
    views: Sequence[AccordView],
    said: dict[tuple[PartyId, ElementId, VersionHash], Said],
    spoken: set[tuple[PartyId, ElementId]],
    *,
    everywhere: bool,
) -> Iterator[Said]:
    """Our own remarks whose version at home nobody else has."""
    waiting = [row for state in judging.OPEN for row in hq.desk.find(state=state, limit=_WINDOW)[1]]
    asked = {(row.element, row.version): row.id for row in waiting}
    here = {
        (party, element)
        for view in views
        for party in view.accord.parties
        for element in view.accord.sheet(party).released
    }
    for kind in TALK:
        for row in _own(hq, kind):
            content = decode(row.raw).content
            if (hq.party, row.id, row.version) in said or not isinstance(content, TalkContent):
                continue
            if not everywhere and threads.named(content.about) not in here:
                continue
            request = asked.get((row.id, row.version), "")
            yield Said(
                hq.party, row.id, row.version, kind, content, row.revised_at, "asked" if request else "home",
                by=row.revised_by, unsent=(hq.party, row.id) in spoken, request=request,
            )  # fmt: skip


def _own(hq: Headquarters, kind: str) -> Iterator[ElementRow]:
    offset = 0
    while True:
        _total, rows = hq.holdings.find(kind=kind, offset=offset, limit=_WINDOW)
        yield from rows
        if len(rows) < _WINDOW:
            return
        offset += _WINDOW


def _head(
    hq: Headquarters,
    views: Sequence[AccordView],
    key: Named,
    remarks: Sequence[Said],
    titles: dict[ElementId, str],
    since: int,
) -> Head:
    party, element = key
    found = _standing(views, party, element)
    title = headline(decode(found[1].raw).content) if found else titles.get(element, "") if party == hq.party else ""
    newest = {named: _newest(views, *named) for named in {threads.named(said.content.about) for said in remarks}}
    return Head(
        party, element, title, found[1].kind if found else "",
        tuple(dict.fromkeys(said.accord for said in remarks if said.accord)),
        sum(said.where == "said" for said in remarks), sum(said.where != "said" for said in remarks),
        sum(said.party != hq.party and said.at > since for said in remarks),
        sum(newest[threads.named(said.content.about)] not in ("", said.content.about.version) for said in remarks),
        max(remarks, key=lambda said: said.at),
    )  # fmt: skip


def _place(said: Said) -> Named:
    """Where a remark hangs; a draft that rewords what was said has a place of its own below it."""
    return (said.party, ElementId(f"{said.element}:home")) if said.unsent else said.named


def _answers_to(said: Said) -> Named:
    return said.named if said.unsent else threads.named(said.content.about)


def _talked(
    views: Sequence[AccordView],
    said: Said,
    texts: dict[VersionHash, Content | UnknownContent],
    known: dict[tuple[VersionHash, VersionHash], tuple[Change, ...] | None],
) -> Talked:
    about = said.content.about
    newest = _newest(views, about.party, about.element)
    stale = newest not in ("", about.version)
    text = texts.get(about.version)
    now = texts.get(newest) if newest else None
    since = None
    if newest and stale and text is not None and now is not None:
        if (about.version, newest) not in known:
            known[about.version, newest] = _changes(text, now)
        since = known[about.version, newest]
    part = threads.part_of(text, getattr(said.content, "field", "")) if text is not None else None
    answers = getattr(text, "about", None) is not None and isinstance(text, TalkContent)
    return Talked(said, text, part, stale, answers, since, newest)


def _changes(one: Content | UnknownContent, other: Content | UnknownContent) -> tuple[Change, ...] | None:
    if isinstance(one, UnknownContent) or isinstance(other, UnknownContent):
        return None
    return compare.diff(one, other)


def _texts(
    hq: Headquarters, views: Sequence[AccordView], party: PartyId, element: ElementId, remarks: Iterable[Named]
) -> dict[VersionHash, Content | UnknownContent]:
    """Every version held here of the text and of the remarks about it, by version."""
    texts: dict[VersionHash, Content | UnknownContent] = {}
    for view in views:
        for author, item in {(party, element), *remarks}:
            if author in view.accord.parties:
                for version in view.accord.sheet(author).released.get(item, ()):
                    texts.setdefault(version.version, decode(version.raw).content)
    if party == hq.party and hq.holdings.element(element) is not None:
        for row in hq.holdings.versions(element):
            texts.setdefault(row.version, decode(row.raw).content)
    return texts


def _standing(
    views: Sequence[AccordView], party: PartyId, element: ElementId
) -> tuple[AccordView, ReleasedVersion] | None:
    """Where the newest release of this element that stands is."""
    found = [
        (view, release)
        for view in views
        if party in view.accord.parties and (release := state.current_version(view.accord, party, element)) is not None
    ]
    return max(found, key=lambda pair: pair[1].at, default=None)


def _newest(views: Sequence[AccordView], party: PartyId, element: ElementId) -> VersionHash | Literal[""]:
    found = _standing(views, party, element)
    return found[1].version if found else ""


def _readers(views: Sequence[AccordView], party: PartyId, element: ElementId) -> tuple[PartyId, ...]:
    return tuple(
        sorted(
            {
                reader
                for view in views
                if party in view.accord.parties
                and (release := state.current_version(view.accord, party, element)) is not None
                for reader in release.to
            }
        )
    )
