"""Our own disclosure letters: which there are, how each stands now, and what one would allow of our elements. They never leave home."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

import msgspec

from stafftalks.planning import element as elements
from stafftalks.planning.kinds import REALMS, realms_of
from stafftalks.planning.letters import ALL, Letter
from stafftalks.planning.refs import ExactRef
from stafftalks.release import desk
from stafftalks.release.authority import Authority, StandingLetter, ends_at
from stafftalks.release.label_rules import label_refusals, labels_of
from stafftalks.services import authority
from stafftalks.services import elements as own
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import MisuseError, Refusal
from stafftalks.values.ids import ElementId, PartyId

Standing = Literal["in force", "not yet", "expired", "put away"]
_ORDER: Final[tuple[Standing, ...]] = ("in force", "not yet", "expired", "put away")
_TERM: Final = "letter-expired"


class HeldLetter(msgspec.Struct, frozen=True):
    """A letter of ours and how it stands. `left_s` are the seconds until it ends, negative once it has."""

    row: ElementRow
    letter: Letter
    standing: Standing
    left_s: int


class Allowed(msgspec.Struct, frozen=True):
    """An element of ours before one letter: every rule of the letter and of labels that says no; `mendable` where a redaction could mend them all."""

    row: ElementRow
    refusals: tuple[Refusal, ...]

    @property
    def mendable(self) -> bool:
        """Whether only detail, or marked portions, stand against it: what a redaction takes out."""
        return bool(self.refusals) and all(
            refusal.rule.startswith("letter-detail-") or refusal.rule == "label-below-portions"
            for refusal in self.refusals
        )


def letters(hq: Headquarters, *, archived: bool = False) -> tuple[HeldLetter, ...]:
    """Our letters by partner, those in force first; those put away only where they are asked for."""
    _total, rows = hq.holdings.find(kind="letter", archived=archived, limit=authority.MOST_LETTERS)
    return _ordered(_held(hq, row) for row in rows)


def find(hq: Headquarters, element: ElementId) -> HeldLetter | None:
    """The letter of that id, put away or not; None where there is none."""
    row = hq.holdings.element(element)
    return _held(hq, row) if row is not None and row.kind == "letter" else None


def get(hq: Headquarters, element: ElementId) -> HeldLetter:
    """The letter; raises MisuseError where there is none of that id."""
    found = find(hq, element)
    if found is None:
        raise MisuseError(f"There is no disclosure letter {element}: see `letter list`.")
    return found


def any_held(hq: Headquarters) -> bool:
    """Whether any letter is written and not put away: without one nothing leaves."""
    return bool(hq.holdings.find(kind="letter", limit=1)[0])


def allowed(hq: Headquarters, held: HeldLetter, rows: Sequence[ElementRow]) -> tuple[Allowed, ...]:
    """What the letter would allow of these elements at their present versions, as if it were in force; nothing else is judged.

    Each is taken to be asked for in a realm in which its kind flows and which the letter names, where there is one.
    """
    standing = StandingLetter(ExactRef(hq.party, held.row.id, held.row.version), held.letter)
    requests = [_asked(held.letter, row) for row in rows]
    found = msgspec.structs.replace(authority.of(hq, requests), letters={held.letter.partner: (standing,)})
    return tuple(Allowed(row, tuple(_refusals(request, found))) for row, request in zip(rows, requests, strict=True))


def foreseen(hq: Headquarters, row: ElementRow, partners: Sequence[PartyId]) -> dict[PartyId, Allowed | None]:
    """What the letter that permits most to each partner would say of the element as it stands at home; None where there is none."""
    found: dict[PartyId, Allowed | None] = dict.fromkeys(partners)
    for held in letters(hq):
        if held.letter.partner in found and held.standing == "in force":
            (one,) = allowed(hq, held, [row])
            best = found[held.letter.partner]
            if best is None or len(one.refusals) < len(best.refusals):
                found[held.letter.partner] = one
    return found


def _refusals(request: desk.Request, found: Authority) -> Iterator[Refusal]:
    content = elements.decode(request.element_raw).content
    yield from label_refusals(labels_of(content, found.policies), found.policies, request.audience)
    for verdict in desk.verdicts(request, None, found):
        yield from (refusal for refusal in verdict.refusals if refusal.rule != _TERM)


def _asked(letter: Letter, row: ElementRow) -> desk.Request:
    flows = [realm for realm in REALMS if realm in realms_of(row.kind)]
    named = [realm for realm in flows if realm in letter.realms or ALL in letter.realms]
    realm = next(iter((*named, *flows)), "")
    return desk.Request(row.raw, row.version, str(realm), (letter.partner,), "")


def _held(hq: Headquarters, row: ElementRow) -> HeldLetter:
    letter = own.content(row)
    if not isinstance(letter, Letter):
        raise MisuseError(f"The element {row.id} is no disclosure letter.")
    now, end = hq.clock.now(), ends_at(letter.valid_until)
    standing: Standing = "in force"
    if row.archived:
        standing = "put away"
    elif now >= end:
        standing = "expired"
    elif letter.valid_from is not None and letter.valid_from.seconds > now:
        standing = "not yet"
    return HeldLetter(row, letter, standing, end - now)


def _ordered(found: Iterable[HeldLetter]) -> tuple[HeldLetter, ...]:
    return tuple(
        sorted(found, key=lambda one: (one.letter.partner, _ORDER.index(one.standing), one.left_s, one.row.title))
    )
