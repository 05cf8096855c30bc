"""Papers made of elements, in the reader's words: what a printed plan, scenario or any other element says, in order.

The same paper becomes the PDF, the document and the page to be printed, so none can say what the others do not. The cover says whose text it is and who can
see it; every part says its marking where parts are marked differently; the foot says that a print is no release.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from stafftalks.formats import labelling, laid_out
from stafftalks.formats.paper import Paper, Part, heading
from stafftalks.planning.forces import Activity
from stafftalks.planning.intelligence import Indicator
from stafftalks.planning.kinds import LABELS
from stafftalks.planning.plans import Plan
from stafftalks.planning.scenarios import Requirement, Scenario
from stafftalks.planning.wording import text_of
from stafftalks.services.prints import Material
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.person import Person
from stafftalks.values.policies import Policies
from stafftalks.values.relative_time import Instant, Moment, RelativeTime
from stafftalks.web import marking, naming
from stafftalks.web.templatetags.stafftalks import tr

Titles = Mapping[tuple[PartyId, ElementId], str]


def paper_of(
    material: Material,
    policies: Policies,
    *,
    person: Person | None = None,
    hq_party: PartyId,
    names: Mapping[PartyId, str],
    now: int = 0,
    turned: bool = False,
) -> Paper:
    """The whole paper of an element, printed at `now` (unix seconds) by `person`; `turned` sets it right to left in any language.

    Without a person it is a file that goes on: it says neither who took it out nor when.
    """
    maker = _Maker(material, policies, names)
    at = {"hq": _named(hq_party, names)}
    printed: tuple[tuple[str, str], ...] = ()
    foot = _("Taken out at %(hq)s; not a release") % at
    if person is not None:
        at |= {"who": person.name or person.username, "when": _when(now)}
        printed = ((_("Printed"), _("at %(hq)s by %(who)s, %(when)s; not a release") % at),)
        foot = _("Printed at %(hq)s by %(who)s on %(when)s; not a release") % at
    piece = material.piece
    return Paper(
        title=piece.title,
        kind=tr(LABELS[piece.kind][0]) if piece.kind in LABELS else piece.kind,
        author=_named(piece.party, names),
        banner=maker.banner or _("No marking was given"),
        language=(get_language() or "en").split("-")[0],
        direction="rtl" if turned or get_language_bidi() else "ltr",
        cover=(*maker.cover(), *printed),
        foot=foot,
        page=_("Page"),
        of=_("of"),
        parts=tuple(maker.parts()),
    )


class _Maker:
    """Lays one element out."""

    def __init__(self, material: Material, policies: Policies, names: Mapping[PartyId, str]) -> None:
        self._material = material
        self._names = names
        self._titles = {f"{party}/{element}": title for (party, element), title in material.titles.items()}
        self._words = laid_out.Words(tr, self._called, _("Annex"), _("Nothing written."))
        none = _("no marking given")
        self._labelled = {piece.exact: labelling.labelling(policies, piece.content, none) for piece in material.pieces}
        # Portion marks are needed as soon as anything on the paper is marked: then each part says its own.
        self._marked = any(one.marked for one in self._labelled.values())
        self.banner = labelling.banner(policies, self._labelled.values(), marking.language())

    def cover(self) -> Iterator[tuple[str, str]]:
        """Whose text, which version, since when, who can see it, how it is marked."""
        piece = self._material.piece
        yield _("Whose text"), self._whose(piece)
        yield _("Version"), f"{piece.version[:8]} ({piece.version})"
        yield (_("Written") if piece.by else _("Released")), f"{_when(piece.at)}{', ' + piece.by if piece.by else ''}"
        yield _("Who can see it"), self._seen_by(piece)
        yield _("Marking"), piece.marking or _("None was given")
        if piece.contingency:
            yield tr("Contingency"), piece.contingency

    def parts(self) -> Iterator[Part]:
        """Everything after the cover."""
        piece = self._material.piece
        beside = laid_out.Beside()
        if isinstance(piece.content, Plan):
            annexes = {ref: tuple(self._annex(held)) for ref, held in self._material.annexes.items()}
            missing = {str(annex.element) for annex in piece.content.annexes if annex.element is not None} - set(
                annexes
            )
            annexes |= {ref: self._missing(ref) for ref in missing}
            beside = laid_out.Beside(tuple(self._activities(piece.content)), annexes)
        yield from laid_out.parts(piece.content, self._words, self._marks(piece), beside)
        if isinstance(piece.content, Scenario):
            yield from self._listed(tr("Requirements"), self._material.requirements, _REQUIREMENT)
            yield from self._listed(tr("Indicators"), self._material.indicators, _INDICATOR)

    def _activities(self, plan: Plan) -> Iterator[Part]:
        """The activities in the order of the phases, then of their start; a partner's are said to be its own."""
        found = [(piece, piece.content) for piece in self._material.activities if isinstance(piece.content, Activity)]
        if not found:
            return
        order = {phase.id: at for at, phase in enumerate(plan.phases)} | {
            phase.name: at for at, phase in enumerate(plan.phases)
        }
        called = {phase.id: f"{phase.id} {phase.name}" for phase in plan.phases}
        found.sort(
            key=lambda pair: (order.get(pair[1].phase, len(order)), *_moment_key(pair[1].window.start), pair[0].title)
        )
        columns = [tr(label) for label in ("Title", "Window", "Phase", "Function", "Footprint", "Forces")]
        rows = [
            (
                activity.title if activity.what == activity.title else f"{activity.title}\n{activity.what}",
                str(activity.window), called.get(activity.phase, activity.phase), activity.function, text_of(activity.footprint),
                self._called("\n".join(map(str, activity.forces))), self._whose_else(piece),
            )
            for piece, activity in found
        ]  # fmt: skip
        yield heading(tr(LABELS["activity"][1]), 2)
        marks = [self._mark(piece) for piece, _activity in found]
        yield laid_out.marked_table([*columns, _("Whose")], rows, marks, self._words)

    def _annex(self, held: Piece) -> Iterator[Part]:
        """An element that is an annex of the plan, below the annex's heading."""
        pairs = ((_("Element"), held.title), (_("Whose text"), self._whose(held)))
        yield Part(sort="facts", pairs=pairs, mark=self._mark(held))
        yield from laid_out.sections(held.content, self._words, self._marks(held), above=1)

    def _missing(self, ref: str) -> tuple[Part, ...]:
        text = _("The element that is this annex cannot be read here: %(ref)s") % {"ref": ref}
        return (Part(sort="text", text=text, mark=self._mark(self._material.piece)),)

    def _listed(self, name: str, pieces: Sequence[Piece], paths: Sequence[tuple[str, str]]) -> Iterator[Part]:
        found = [piece for piece in pieces if isinstance(piece.content, Requirement | Indicator)]
        if found:
            rows = [
                [
                    *(self._called(text_of(getattr(piece.content, path))) for _label, path in paths),
                    self._whose_else(piece),
                ]
                for piece in found
            ]
            yield heading(name)
            marks = [self._mark(piece) for piece in found]
            yield laid_out.marked_table([*(tr(label) for label, _path in paths), _("Whose")], rows, marks, self._words)

    def _whose_else(self, piece: Piece) -> str:
        """Whose a row is, where it is not of the party whose paper this is."""
        return "" if piece.party == self._material.piece.party else self._whose(piece)

    def _marks(self, piece: Piece) -> laid_out.Marks:
        """How the portions of this element are marked; not at all where nothing on the paper is."""
        return labelling.marks_of(self._labelled[piece.exact], shown=self._marked)

    def _mark(self, piece: Piece) -> str:
        return self._marks(piece).of("")

    def _whose(self, piece: Piece) -> str:
        words = {
            "ours": _("Ours, at home only"),
            "released": _("Ours, released"),
            "agreed": _("Agreed by all; the text of %(party)s") % {"party": _named(piece.party, self._names)},
            "theirs": _("Theirs: %(party)s") % {"party": _named(piece.party, self._names)},
        }
        return words[piece.side]

    def _seen_by(self, piece: Piece) -> str:
        readers = ", ".join(_named(party, self._names) for party in piece.readers)
        if piece.side == "theirs":
            return ", ".join(filter(None, (_named(piece.party, self._names), readers)))
        if not readers:
            return _("Our own people only")
        older = "" if piece.same else _(" (an older version)")
        return _("Our own people; %(parties)s") % {"parties": readers} + older

    def _called(self, text: str) -> str:
        return naming.called(text, self._titles)


_REQUIREMENT = (
    ("Serial", "serial"),
    ("Title", "title"),
    ("Capability", "capability"),
    ("Quantity", "quantity"),
    ("Place", "place"),
    ("Window", "window"),
    ("Priority", "priority"),
)
_INDICATOR = (
    ("Title", "title"),
    ("Watched", "watched"),
    ("State", "state"),
    ("Last checked", "last_checked"),
    ("Source", "source"),
)


def _moment_key(moment: Moment | None) -> tuple[int, str, int]:
    """Relative times by anchor, then absolute ones, then none."""
    match moment:
        case RelativeTime():
            return 0, moment.anchor, moment.hours
        case Instant():
            return 1, "", moment.seconds
        case None:
            return 2, "", 0


def _named(party: PartyId, names: Mapping[PartyId, str]) -> str:
    name = names.get(party, "")
    return f"{name} ({party})" if name and name != party else str(party)


def _when(seconds: int) -> str:
    moment = datetime.fromtimestamp(min(max(seconds, 0), 253_402_300_799), UTC)
    return f"{date_format(moment, 'j M Y, H:i')} UTC"
