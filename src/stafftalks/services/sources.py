"""Reports, the assessments that cite them and the engagements that they tell of, as our own people may read them: ours and partners'.

Which reports go back to one source is told by `planning.attribution` over everything held here, so that what one report passes on counts
even where nobody cites it. Nothing that leaves is made from a library.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from stafftalks.planning import attribution
from stafftalks.planning.attribution import Basis, Source, key_of
from stafftalks.planning.intelligence import Assessment, Report
from stafftalks.planning.meetings import Attendee, Engagement
from stafftalks.services import accords, releases, workspace
from stafftalks.services.accords import AccordView
from stafftalks.services.dating import Dates
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import PartyId
from stafftalks.values.relative_time import Instant

Why = Literal["recalled", "not held"]


class Library(msgspec.Struct, frozen=True):
    """Everything that is said about who said what. Keys are `XMR/<element>`.

    `reports` are in the order of `workspace.pieces`, ours that are put away last; `sources` cover them all; `source_of` says which one
    each goes back to. `citing` are the assessments that cite a report, `telling` the engagements it tells of.
    """

    reports: Mapping[str, Piece]
    assessments: tuple[Piece, ...]
    engagements: tuple[Piece, ...]
    sources: tuple[Source, ...]
    source_of: Mapping[str, Source]
    citing: Mapping[str, tuple[Piece, ...]]
    telling: Mapping[str, tuple[Piece, ...]]
    recalled: frozenset[str]


class Absent(msgspec.Struct, frozen=True):
    """A cited report that is not held: its party recalled it, or it never was here."""

    key: str
    party: PartyId
    why: Why


class Resting(msgspec.Struct, frozen=True):
    """An assessment and what it rests on. `absent` are the reports it cites and that are gone."""

    assessment: Piece
    basis: Basis
    absent: tuple[Absent, ...]

    @property
    def held(self) -> int:
        """How many of the reports that it cites are held here."""
        return self.basis.cited - len(self.absent)


class Meeting(msgspec.Struct, frozen=True):
    """An engagement and when it was, as an absolute time where that is known; `accords` are those between parties that met."""

    piece: Piece
    engagement: Engagement
    at: Instant | None
    accords: tuple[AccordView, ...]


class Known(msgspec.Struct, frozen=True):
    """Somebody who met others: as last named, for whom, in which offices, how often in all and with us, and where (newest first)."""

    name: str
    party: str
    capacities: tuple[str, ...]
    times: int
    with_us: int
    meetings: tuple[Piece, ...]


def library(hq: Headquarters) -> Library:
    """What is known now. One pass over reports, assessments and engagements, however many stand."""
    live = workspace.pieces(hq, kinds=("report", "assessment", "engagement"))
    away = [piece for piece in workspace.pieces(hq, kinds=("report",), archived=True) if piece.own]
    reports = {piece.key: piece for piece in (*live, *away) if isinstance(piece.content, Report)}
    assessments = tuple(piece for piece in live if isinstance(piece.content, Assessment))
    engagements = tuple(piece for piece in live if isinstance(piece.content, Engagement))
    found = attribution.sources(_contents(reports))
    return Library(
        reports, assessments, engagements, found,
        {key: source for source in found for key in source.keys},
        _by_report(assessments), _by_report(engagements), _recalled(hq),
    )  # fmt: skip


def resting(library: Library, assessment: Piece) -> Resting:
    """What the assessment rests on; nothing where it cites no report."""
    cited = assessment.content.reports if isinstance(assessment.content, Assessment) else ()
    basis = attribution.basis(cited, _contents(library.reports))
    parties = {key_of(ref): ref.party for ref in cited}
    absent = tuple(
        Absent(key, parties[key], "recalled" if key in library.recalled else "not held") for key in basis.absent
    )
    return Resting(assessment, basis, absent)


def meetings(
    hq: Headquarters, engagements: Sequence[Piece], *, contingency: str = "", party: str = ""
) -> tuple[Meeting, ...]:
    """Engagements of this contingency at which this party (by code or name) was, the newest first, those without a date last."""
    names = releases.partner_names(hq)
    views = accords.views(hq)
    wanted = {_folded(party), _folded(names.get(PartyId(party), party))} - {""}
    dates = Dates(hq)
    found = []
    for piece in engagements:
        content = piece.content
        if not isinstance(content, Engagement) or contingency not in ("", piece.contingency):
            continue
        if wanted and not wanted.intersection(_folded(one.party) for one in content.attendees):
            continue
        at = dates.of(content.at, piece.contingency)
        found.append(Meeting(piece, content, at, _between(views, names, content.attendees)))
    return tuple(sorted(found, key=lambda one: (one.at is None, -(one.at.seconds if one.at else 0), one.piece.title)))


def known(hq: Headquarters, meetings: Sequence[Meeting]) -> tuple[Known, ...]:
    """Everybody who was at these meetings, most often first; one name for one party is one person, however it is spaced or capitalised."""
    ours = {_folded(hq.party), _folded(releases.partner_names(hq)[hq.party])}
    gathered: dict[tuple[str, str], list[tuple[Attendee, Meeting]]] = {}
    for meeting in meetings:
        here = {(_folded(one.name), _folded(one.party)): one for one in reversed(meeting.engagement.attendees)}
        for person, attendee in here.items():
            gathered.setdefault(person, []).append((attendee, meeting))
    made = [
        Known(
            told[0][0].name,
            told[0][0].party,
            tuple(dict.fromkeys(attendee.capacity for attendee, _ in told if attendee.capacity)),
            len(told),
            sum(
                party not in ours and any(_folded(one.party) in ours for one in meeting.engagement.attendees)
                for _, meeting in told
            ),
            tuple(meeting.piece for _, meeting in told),
        )
        for (_, party), told in gathered.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.times, _folded(one.name), one.party)))


def _contents(reports: Mapping[str, Piece]) -> dict[str, Report]:
    return {key: piece.content for key, piece in reports.items() if isinstance(piece.content, Report)}


def _by_report(pieces: Sequence[Piece]) -> dict[str, tuple[Piece, ...]]:
    found: dict[str, list[Piece]] = {}
    for piece in pieces:
        refs = piece.content.reports if isinstance(piece.content, Assessment | Engagement) else ()
        for key in dict.fromkeys(map(key_of, refs)):
            found.setdefault(key, []).append(piece)
    return {key: tuple(pieces) for key, pieces in found.items()}


def _recalled(hq: Headquarters) -> frozenset[str]:
    """Every element that some party recalled in an accord."""
    return frozenset(
        f"{party}/{element}"
        for view in accords.views(hq)
        for party in view.accord.parties
        for element in view.accord.sheet(party).recalled
    )


def _between(
    views: Sequence[AccordView], names: Mapping[PartyId, str], attendees: Sequence[Attendee]
) -> tuple[AccordView, ...]:
    """The accords of which at least two parties met."""
    there = {_folded(one.party) for one in attendees} - {""}
    return tuple(
        view
        for view in views
        if sum(bool({_folded(party), _folded(names.get(party, ""))} & there) for party in view.accord.parties) > 1
    )


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
