"""What needs me, and what changed: questions that every signed-in person has first. Derived each time, stored nowhere."""

import bisect
import heapq
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, TypeGuard

import msgspec

from stafftalks.accord import state
from stafftalks.accord.bodies import Answer, CheckProposal, EntryRef, Question, Recall
from stafftalks.accord.parts import CheckAct, Item, PointsPart, Recalled, ReleasedVersion, Said
from stafftalks.planning.element import decode
from stafftalks.planning.kinds import LABELS
from stafftalks.planning.summary import headline
from stafftalks.planning.wording import shortened
from stafftalks.services import accords, deadlines, recalls, releases
from stafftalks.services.accords import AccordView
from stafftalks.services.deadlines import Deadline
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow, FeedRow
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.person import Person, Role

Group = Literal["partner", "time", "decide", "said", "trouble", "keep"]
"""What needs somebody, by importance: a partner waits; a time has come; a decision is mine; I was spoken to; something fails; the rest."""
GROUPS: Final[tuple[Group, ...]] = ("partner", "time", "decide", "said", "trouble", "keep")
MOST: Final = 2_000
"""How many of the newest entries of each feed are looked through for news."""
_GROUP_OF: Final[dict[str, Group]] = {
    "recall": "partner",
    "confirm-recall": "partner",
    "answer-question": "partner",
    "answer-proposal": "partner",
    "answer-consent": "partner",
    "answer-check": "partner",
    "frozen": "trouble",
    "unreached": "trouble",
    "mail": "trouble",
    "overdue": "time",
    "soon": "time",
    "decide": "decide",
    "returned": "said",
    "mention": "said",
}
_ARRIVALS: Final = "arrivals/"


class Need(msgspec.Struct, frozen=True):
    """Something that waits for this person. `target` leads there: ("accord", id), ("request", id), ("own", element), ("exchange",).

    `at` is when it came up, or for what has a time when that is; unix seconds, 0 where it has none.
    `about` is the own element that the sentence names, where it names one.
    """

    rule: str
    sentence: str
    target: tuple[str, ...]
    at: int
    about: str = ""

    @property
    def group(self) -> Group:
        """What it is by importance."""
        return _GROUP_OF.get(self.rule, "keep")


class News(msgspec.Struct, frozen=True):
    """Something a party said. `target` as in `Need`, ("element", accord, party, element) or ("check", accord, party, epoch, n), with `rule` for the part of the page.

    `arrived` is when it came here, by our clock; `at` is what its author claims. `mark` names what must be opened for it to count as read;
    `rank` is 0 for standing and recalls, 1 for releases, 2 for talk.
    """

    at: int
    party: PartyId
    sentence: str
    target: tuple[str, ...]
    arrived: int = 0
    mark: str = ""
    rank: int = 0
    rule: str = ""

    @property
    def accord(self) -> AccordId:
        """The accord in which it was said."""
        return AccordId(self.target[1])


class Fresh(msgspec.Struct, frozen=True):
    """News before it is put into words: what came, when, and what must be opened for it to count as read (see `News`)."""

    view: AccordView
    item: Said | ReleasedVersion | CheckAct
    arrived: int
    mark: str
    rank: int


def needs(hq: Headquarters, person: Person, also: Iterable[Need] = ()) -> tuple[Need, ...]:
    """What waits for `person`, the most important first, with `also` in its place: what other rooms know of that waits."""
    found: list[Need] = [*also]
    views = accords.views(hq)
    if Role.HEAD in person.roles:
        for view in views:
            found += [
                Need(prompt.rule, f"{view.title}: {prompt.sentence}", ("accord", view.row.id), view.latest_at)
                for prompt in state.what_happens_next(view.accord, hq.party, hq.clock.now())
            ]
    elif Role.OFFICER in person.roles:  # a head of delegation is prompted already
        found += _recalls(hq, views)
        found += _checks(hq, views)
    if Role.OFFICER in person.roles:
        found += _decisions(hq, person)
    if Role.HEAD in person.roles:
        found += _third(hq, person)
    if person.roles & {Role.PLANNER, Role.HEAD}:
        found += [_timed(one) for one in deadlines.deadlines(hq)]
    found += _returned(hq, person)
    found += _trouble(hq, views)
    return tuple(sorted(found, key=_importance))


def news(hq: Headquarters, since: int, limit: int = 50) -> tuple[News, ...]:
    """What came from other parties after `since` (unix seconds, our clock), newest first; `at` is what each claims.

    When it came is told by our own cosignatures, so that a partner's wrong clock neither hides nor repeats news.
    """
    newest = heapq.nlargest(limit, fresh(hq, since), key=lambda one: (one.arrived, one.item.at, one.item.ref))
    return in_words(hq, newest)


def fresh(hq: Headquarters, since: int) -> tuple[Fresh, ...]:
    """Everything readable that came from other parties after `since`, of each feed the newest MOST at most; in no order."""
    return tuple(_fresh(hq, since))


def in_words(hq: Headquarters, found: Iterable[Fresh]) -> tuple[News, ...]:
    """The news as sentences, in the order given."""
    names = releases.partner_names(hq)
    return tuple(_news(names, one) for one in found)


def colleagues(hq: Headquarters, person: Person, since: int, limit: int = 100) -> tuple[ElementRow, ...]:
    """The own elements that somebody else of this headquarters wrote or revised after `since`, newest first, among the `limit` last revised."""
    _total, rows = hq.holdings.find(limit=limit)
    return tuple(row for row in rows if row.revised_at > since and row.revised_by != person.username)


def element_mark(party: PartyId, element: ElementId) -> str:
    """What must be opened for news of this element to count as read."""
    return f"element/{party}/{element}"


def accord_mark(accord: AccordId, part: str) -> str:
    """What must be opened for news of this part of an accord (standing, terms, recalls) to count as read."""
    return f"accord/{accord}/{part}"


def check_mark(proposal: EntryRef) -> str:
    """What must be opened for news of the private check that was proposed there to count as read."""
    return f"check/{proposal.party}/{proposal.epoch}/{proposal.n}"


def _importance(need: Need) -> tuple[int, int, int]:
    group = GROUPS.index(need.group)
    # What has a time goes by that time; of the rest the newest comes first.
    return (group, 0 if need.rule == "overdue" else 1, need.at if group == GROUPS.index("time") else -need.at)


def _timed(one: Deadline) -> Need:
    target, about = ("own", one.element), one.element
    if one.sort == "unchecked":
        days = f"not looked at for {one.days} days" if one.days >= 0 else "never looked at"
        return Need(
            "unchecked", f"The indicator “{one.title}” was {days}: look, and note what was seen.", target, one.at, about
        )
    count = abs(one.days)
    within = "today" if not count else f"{count} day{'' if count == 1 else 's'}"
    when = ("due " if one.sort == "soon" or not count else "overdue by ") + (
        f"in {within}" if one.sort == "soon" and count else within
    )
    what = {
        "assumption": "An assumption must be known",
        "decision": "A decision is needed",
        "action": "An action was promised",
        "indicator": "An indicator must be looked at",
    }[one.rule]
    return Need(one.sort, f"{what}, {when}. {one.what} (in the {one.kind} “{one.title}”)", target, one.at, about)


def _decisions(hq: Headquarters, person: Person) -> Iterator[Need]:
    for row in hq.desk.find(state="waiting", limit=200)[1]:
        if row.requested_by != person.username:
            sentence = f"Decide: {row.requested_by} asks to release the {row.kind} “{row.title}”."
            yield Need("decide", sentence, ("request", row.id), row.requested_at, row.element)


def _third(hq: Headquarters, person: Person) -> Iterator[Need]:
    """What an officer let go and the head of delegation must decide as well."""
    for row in hq.desk.find(state="approved", limit=200)[1]:
        let_go = {approval.person for approval in row.approvals}
        if person.username not in {row.requested_by, *let_go}:
            sentence = f"Decide as a third person: {row.decided_by} let the {row.kind} “{row.title}” go to {', '.join(row.audience)}."
            yield Need("decide", sentence, ("request", row.id), row.decided_at, row.element)


def _returned(hq: Headquarters, person: Person) -> Iterator[Need]:
    for row in hq.desk.find(state="returned", limit=200)[1]:
        if row.requested_by == person.username:
            sentence = f"{row.decided_by} handed back “{row.title}”: {row.reason}"
            yield Need("returned", sentence, ("request", row.id), row.decided_at, row.element)


def _recalls(hq: Headquarters, views: tuple[AccordView, ...]) -> Iterator[Need]:
    for view in views:
        waiting: dict[PartyId, list[Recalled]] = {}
        for recall in recalls.open_recalls(hq, view.row.id):
            waiting.setdefault(recall.ref.party, []).append(recall)
        for party, asked in waiting.items():  # they can be answered in one act
            what = "an element" if len(asked) == 1 else f"{len(asked)} elements"
            sentence = f"{view.title}: {party} asks you to remove {what} it released. Remove, or refuse and say why."
            yield Need("recall", sentence, ("accord", view.row.id), max(recall.at for recall in asked))


def _checks(hq: Headquarters, views: tuple[AccordView, ...]) -> Iterator[Need]:
    """What waits in private checks, which officers decide."""
    for view in views:
        for prompt in state.check_prompts(view.accord, hq.party, hq.clock.now()):
            yield Need(prompt.rule, f"{view.title}: {prompt.sentence}", ("accord", view.row.id), view.latest_at)


def _trouble(hq: Headquarters, views: tuple[AccordView, ...]) -> Iterator[Need]:
    for view in views:
        for row in view.feeds:
            if row.frozen:
                yield Need("frozen", f"{view.title}: {row.frozen}", ("record", view.row.id), 0)
    for partner in hq.partners.partners():
        if partner.sending.failures:
            sentence = f"{partner.name} could not be reached, times in a row: {partner.sending.failures}. {partner.sending.last_error}"
            yield Need("unreached", sentence, ("exchange",), partner.sending.last_try_at)


def _fresh(hq: Headquarters, since: int) -> Iterator[Fresh]:
    for view in accords.views(hq):
        for row in view.feeds:
            if row.feed.party == hq.party:
                continue
            came = _arrivals(hq, row)
            journal = view.accord.sheet(row.feed.party).journal
            first = max(_first_after(came, since), row.size - MOST)
            for n in range(first, row.size):
                item = journal.get(EntryRef(row.feed.party, row.feed.epoch, n))
                if _tells_something(item) and (at := _arrived(came, n)) > since:
                    yield _marked(view, item, at)


def _tells_something(item: Item | None) -> TypeGuard[Said | ReleasedVersion | CheckAct]:
    """Whether an entry is news: not where it cannot be read, and not where it only carries points of a check."""
    if isinstance(item, CheckAct):
        return not isinstance(item.body, PointsPart)
    return isinstance(item, Said | ReleasedVersion)


def _marked(view: AccordView, item: Said | ReleasedVersion | CheckAct, arrived: int) -> Fresh:
    accord, party = view.row.id, item.ref.party
    if isinstance(item, ReleasedVersion):
        if item.kind in _CONSENTS:
            return Fresh(view, item, arrived, accord_mark(accord, "consents"), 1)
        said = state.remark_content(item) or state.telling_content(item)
        if said is None:
            return Fresh(view, item, arrived, element_mark(party, item.element), 1)
        about = said.about
        here = about.party in view.accord.parties and about.element in view.accord.sheet(about.party).released
        mark = element_mark(about.party, about.element) if here else element_mark(party, item.element)
        return Fresh(view, item, arrived, mark, 2)
    if isinstance(item, CheckAct):
        return Fresh(view, item, arrived, check_mark(_proposal(item)), 0)
    part = _PART_OF.get(str(msgspec.to_builtins(item.body)["type"]), "standing")
    return Fresh(view, item, arrived, accord_mark(accord, part), 0)


def _proposal(item: CheckAct) -> EntryRef:
    """The proposal of the check that this is about."""
    return item.ref if isinstance(item.body, CheckProposal) else item.body.proposal


def _arrivals(hq: Headquarters, row: FeedRow) -> tuple[tuple[int, int], ...]:
    """(size, unix seconds) of each of our own cosignatures on heads of this feed, by size; remembered while its head is the same."""
    key, stamp = f"{_ARRIVALS}{row.feed.origin}", (row.size, row.note)
    held = hq.memory.get(key)
    if isinstance(held, tuple) and held[0] == stamp:
        remembered: tuple[tuple[int, int], ...] = held[1]
        return remembered
    came = tuple((receipt.size, receipt.at) for receipt in hq.records.receipts(row.feed) if receipt.party == hq.party)
    hq.memory[key] = (stamp, came)
    return came


def _first_after(came: tuple[tuple[int, int], ...], since: int) -> int:
    """The first entry that may have come after `since`."""
    before = 0
    for size, at in came:
        if at > since:
            return before
        before = size
    return before


def _arrived(came: tuple[tuple[int, int], ...], n: int) -> int:
    """When entry `n` was first cosigned here; 0 where it never was, as an entry of before a restore may be."""
    at = bisect.bisect_right(came, (n, sys.maxsize))
    return came[at][1] if at < len(came) else 0


def _news(names: Mapping[PartyId, str], found: Fresh) -> News:
    view, item, party = found.view, found.item, found.item.ref.party
    name = names.get(party, party)
    if isinstance(item, ReleasedVersion):
        act = "revised" if item.replaces else "released"
        kind = LABELS.get(item.kind, (item.kind, item.kind))[0].lower()
        title = headline(decode(item.raw).content)
        sentence = f"{name} {act} the {kind} “{title}” to you, in {item.realm}. {view.title}"
        where, about, element = found.mark.split("/")
        if where == "accord":
            target: tuple[str, ...] = ("accord", view.row.id)
            return News(item.at, party, sentence, target, found.arrived, found.mark, found.rank, "answer-consent")
        target = ("element", view.row.id, about, element)
        return News(item.at, party, sentence, target, found.arrived, found.mark, found.rank)
    if isinstance(item, CheckAct):
        sentence = f"{name} {_quoted(item)} {view.title}"
        target = ("check", view.row.id, *found.mark.split("/")[1:])
        return News(item.at, party, sentence, target, found.arrived, found.mark, found.rank)
    rule = {"terms": "answer-question", "recalls": "recall"}.get(found.mark.rpartition("/")[2], "")
    sentence = f"{name} {_quoted(item)} {view.title}"
    return News(item.at, party, sentence, ("accord", view.row.id), found.arrived, found.mark, found.rank, rule)


def _quoted(item: Said | CheckAct) -> str:
    """What an entry did, with the words that were said where it is a question, an answer or a recall."""
    match item.body:
        case Question(text=text):
            return f"asked: “{shortened(text)}”"
        case Answer(text=text):
            return f"answered: “{shortened(text)}”"
        case CheckProposal(terms=terms):
            return f"proposed a private check: “{shortened(terms.purpose)}”"
        case Recall(reason=reason) if reason:
            return f"recalled an element: “{shortened(reason)}”"
        case _:
            return describe(item)


_CONSENTS: Final = ("consent-request", "consent")
_PART_OF: Final = {
    "proposal": "terms",
    "amendment": "terms",
    "question": "terms",
    "answer": "terms",
    "recall": "recalls",
    "confirmation": "recalls",
}
_ACTS = {
    "accept": "accepted, naming its realms.",
    "decline": "declined.",
    "suspend": "suspended: every realm is closed until it resumes.",
    "resume": "resumed.",
    "withdraw": "withdrew.",
}
_SAID_IN_CHECKS = {
    "consent": "consented to a private check.",
    "decline": "declined a private check.",
    "done": "has what it was to get in a private check.",
    "stopped": "stopped a private check.",
}
_SAID = {
    "check-proposal": "proposed a private check.",
    "opening": "opened its record.",
    "proposal": "proposed joint planning.",
    "amendment": "put its own wording on the table.",
    "question": "asked a question.",
    "answer": "answered a question.",
    "recall": "recalled an element.",
    "confirmation": "answered a recall.",
}


def describe(item: Said | CheckAct) -> str:
    """What an entry did, as the end of a sentence that begins with its party's name."""
    body = item.body
    if isinstance(body, PointsPart):
        return f"sent points of a private check: part {body.part} of {body.parts}, {body.count} points."
    kind = str(msgspec.to_builtins(body)["type"])
    if kind == "standing":
        return _ACTS[str(getattr(body, "act", ""))]
    return _SAID.get(kind) or _SAID_IN_CHECKS[str(getattr(body, "act", getattr(body, "outcome", "")))]
