"""What a decider needs before them: what would leave, what stays home and why, what is known about it, and every rule that says no.

Everything is drawn from the exact body that would be signed, and is named by its hash: a decision says which body was shown. Who looked at
which body is in the journal, once for each person and body.
"""

from collections.abc import Mapping, Sequence

import msgspec

from stafftalks.accord.parts import ReleasedVersion
from stafftalks.accord.state import Accord
from stafftalks.planning import element as elements
from stafftalks.planning.compare import Change
from stafftalks.planning.compare import diff as compare
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.text import Origin
from stafftalks.release import desk, letter_rules
from stafftalks.release.authority import Authority, StandingLetter
from stafftalks.release.consent_rules import consented
from stafftalks.release.redaction import Redaction
from stafftalks.services import authority, judging, reading, redacting, releases, written
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow, RequestRow
from stafftalks.services.written import Standing
from stafftalks.values.errors import Refusal
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person

LOOKED = "release read"
"""The act in the journal of somebody who read a request."""
MOST_LOOKS = 2_000


class Reader(msgspec.Struct, frozen=True):
    """Who would see it at a partner: in a sentence, and what the partner itself chose to say of it, if anything."""

    party: PartyId
    sentence: str
    statement: str


class Drawn(msgspec.Struct, frozen=True):
    """Something that the element is drawn from, and whether its originator consents to each of the audience.

    `returned` where it only goes back to whom it came from, so that nobody's consent is needed.
    """

    source: ExactRef
    marking: str
    consent: bool
    returned: bool


class Review(msgspec.Struct, frozen=True):
    """A request as its decider needs it.

    `preview` is the partner's own rendering of the exact bytes, `shown` the name of these bytes; `refusals` is every rule that now says no.
    `held` is the version the recipients hold today, `changes` what would be new to them; `readers` who would read it. `letters` are those it
    stands under (or that come nearest), one a recipient; `sums` what it adds up to; `origins` what it is drawn from. `needed` is what these
    letters need taken out of what was asked for, `why` the sentences against its portions, by path.
    `standing` is on what it stands where it was written from an analysis.
    """

    request: RequestRow
    preview: desk.Preview
    shown: str
    refusals: tuple[Refusal, ...]
    held: ReleasedVersion | None
    changes: tuple[Change, ...]
    readers: tuple[Reader, ...]
    letters: tuple[StandingLetter, ...] = ()
    sums: tuple[desk.Sum, ...] = ()
    origins: tuple[Drawn, ...] = ()
    needed: tuple[Redaction, ...] = ()
    why: Mapping[str, tuple[str, ...]] = {}
    standing: Standing | None = None
    needs_head: bool = False


def review(hq: Headquarters, request_id: str, person: Person | None) -> Review:
    """The request as `person` sees it, which is written into the journal; without one, the rules about persons are left out."""
    row = releases.get(hq, request_id)
    loaded = reading.load(hq, row.accord)
    preview = desk.preview(row.body)
    asked = judging.request_of(row)
    found = authority.of(hq, [asked], head=person if row.state == "approved" else None)
    refusals: tuple[Refusal, ...] = ()
    if row.state in judging.OPEN:
        judge = judging.officer_of(row) or person or judging.NOBODY
        refusals = judging.refusals(hq, loaded, row, judge, found)
        left_out = judging.PERSON_RULES if person is None else _met_later(row)
        refusals = tuple(refusal for refusal in refusals if refusal.rule not in left_out)
    held = releases.held_version(loaded.state, hq.party, row.element)
    if person is not None:
        look(hq, person, [row])
    verdicts = desk.verdicts(asked, None, found)
    whole = redacting.asked_content(row)
    standing = tuple(dict.fromkeys(verdict.letter for verdict in verdicts if verdict.letter))
    return Review(
        request=row,
        preview=preview,
        shown=judging.shown_name(row.body),
        refusals=refusals,
        held=held,
        changes=_changes(held, preview.raw),
        readers=_readers(hq, loaded.state, row),
        letters=standing,
        sums=tuple(dict.fromkeys(item for sums in desk.adds_up(asked, found).values() for item in sums)),
        origins=_origins(found, row, preview.raw),
        needed=redacting.needed(whole, standing, found.policies),
        why=redacting.reasons(whole, standing, found.policies),
        standing=written.standing(hq, row.element, row.audience),
        needs_head=letter_rules.head_needed(standing, row.kind),
    )


def standing_against(hq: Headquarters, rows: Sequence[RequestRow]) -> Mapping[str, tuple[Refusal, ...]]:
    """Every rule that says no to each of these requests now, by their ids; the rules about persons are left out."""
    if not rows:
        return {}
    held = reading.load_all(hq)
    found = authority.of(hq, [judging.request_of(row) for row in rows], loads=held)
    loads = {loaded.row.id: loaded for loaded in held}
    against = {}
    for row in rows:
        said = judging.refusals(hq, loads[row.accord], row, judging.NOBODY, found)
        against[row.id] = tuple(refusal for refusal in said if refusal.rule not in judging.PERSON_RULES)
    return against


def needed(hq: Headquarters, row: RequestRow) -> tuple[Redaction, ...]:
    """What the letters about the audience need taken out of what was asked for."""
    asked = judging.request_of(row)
    found = authority.of(hq, [asked])
    standing = [verdict.letter for verdict in desk.verdicts(asked, None, found) if verdict.letter]
    return redacting.needed(redacting.asked_content(row), standing, found.policies)


def look(hq: Headquarters, person: Person, rows: Sequence[RequestRow]) -> None:
    """Writes into the journal that the person read exactly these bodies; no effect for those of which that stands there already.

    Of several, those are known to stand there that are among the person's last MOST_LOOKS looks: an older one is written again.
    """
    subject = rows[0].id if len(rows) == 1 else ""
    _total, lines = hq.journal.find(person=person.username, subject=subject, act=LOOKED, limit=MOST_LOOKS)
    known = {(line.subject, line.sentence) for line in lines}
    with hq.transactions.atomic():
        for row in rows:
            said = f"{row.kind}: {row.title}, as {judging.shown_name(row.body)}"
            if (row.id, said) not in known:
                hq.journal.add(JournalRow(hq.clock.now(), person.username, LOOKED, row.id, said))


def _met_later(row: RequestRow) -> frozenset[str]:
    """That the head must decide too speaks against nobody who decides before the head: `needs_head` says it."""
    return frozenset({judging.HEAD_RULE}) if row.state == "waiting" else frozenset()


def _changes(held: ReleasedVersion | None, raw: bytes) -> tuple[Change, ...]:
    if held is None:
        return ()
    before, after = elements.decode(held.raw).content, elements.decode(raw).content
    if isinstance(before, UnknownContent) or isinstance(after, UnknownContent):
        return ()
    return compare(before, after)


def _readers(hq: Headquarters, accord: Accord, row: RequestRow) -> tuple[Reader, ...]:
    names = releases.partner_names(hq)
    return tuple(
        Reader(
            party,
            f"Everyone whom {names.get(party, party)} ({party}) lets into its headquarters",
            accord.sheet(party).standing.statement if party in accord.parties else "",
        )
        for party in row.audience
    )


def _origins(found: Authority, row: RequestRow, raw: bytes) -> tuple[Drawn, ...]:
    content = elements.decode(raw).content
    if isinstance(content, UnknownContent):
        return ()
    return tuple(_drawn(found, row, origin) for origin in content.origins)


def _drawn(found: Authority, row: RequestRow, origin: Origin) -> Drawn:
    onward = [party for party in row.audience if party != origin.source.party]
    consent = all(consented(found, origin, party) for party in onward)
    return Drawn(origin.source, origin.marking.banner(), consent and bool(onward), not onward)
