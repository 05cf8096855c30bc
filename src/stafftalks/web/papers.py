"""Papers made of elements, in the reader's words: what a printed plan, scenario or any other element says, in order.

The same paper becomes the PDF and the page to be printed, so neither can say what the other does not. The cover says whose text it is and who can
see it; every part says its marking where parts are marked differently; the foot says that a print is no release.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from stafftalks.formats.paper import Paper, Part, heading, paragraphs, table
from stafftalks.planning import summary
from stafftalks.planning.annexes import AnnexState
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.fields import FieldSpec, choice_label, describe
from stafftalks.planning.forces import Activity
from stafftalks.planning.intelligence import Indicator
from stafftalks.planning.kinds import LABELS, Content
from stafftalks.planning.plans import Plan
from stafftalks.planning.scenarios import Requirement, Scenario
from stafftalks.planning.task_organisation import OrganisationNode, organisation_tree
from stafftalks.planning.text import Row
from stafftalks.planning.wording import text_of
from stafftalks.services.prints import Material
from stafftalks.services.workspace import Piece
from stafftalks.values.banner import banner_line
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.person import Person
from stafftalks.values.relative_time import Instant, Moment, RelativeTime
from stafftalks.web import naming
from stafftalks.web.templatetags.stafftalks import tr

Titles = Mapping[tuple[PartyId, ElementId], str]


def paper_of(
    material: Material,
    *,
    person: Person,
    hq_party: PartyId,
    names: Mapping[PartyId, str],
    now: int,
    turned: bool = False,
) -> Paper:
    """The whole paper of an element, printed at `now` (unix seconds) by `person`; `turned` sets it right to left in any language."""
    maker = _Maker(material, names)
    banner = banner_line(material.markings) or _("No marking was given")
    at = {"hq": _named(hq_party, names), "who": person.name or person.username, "when": _when(now)}
    piece = material.piece
    return Paper(
        title=piece.title,
        kind=tr(LABELS[piece.kind][0]) if piece.kind in LABELS else piece.kind,
        author=_named(piece.party, names),
        banner=banner,
        language=(get_language() or "en").split("-")[0],
        direction="rtl" if turned or get_language_bidi() else "ltr",
        cover=(*maker.cover(), (_("Printed"), _("at %(hq)s by %(who)s, %(when)s; not a release") % at)),
        foot=_("Printed at %(hq)s by %(who)s on %(when)s; not a release") % at,
        page=_("Page"),
        of=_("of"),
        parts=tuple(maker.parts()),
    )


class _Maker:
    """Lays one element out."""

    def __init__(self, material: Material, names: Mapping[PartyId, str]) -> None:
        self._material = material
        self._names = names
        self._titles = {f"{party}/{element}": title for (party, element), title in material.titles.items()}
        # Portion marks are needed as soon as anything on the paper is marked: then each part says its own.
        self._marked = any(marking.banner() for marking in material.markings)

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
        match piece.content:
            case Plan():
                yield from self._plan(piece, piece.content)
            case Scenario():
                yield from self._sections(piece, piece.content)
                yield from self._listed(tr("Requirements"), self._material.requirements, _REQUIREMENT)
                yield from self._listed(tr("Indicators"), self._material.indicators, _INDICATOR)
            case _:
                yield from self._sections(piece, piece.content)

    def _plan(self, piece: Piece, plan: Plan) -> Iterator[Part]:
        mark = self._mark(piece)
        fields = {field.name: field for field in describe("plan").fields}
        level = (tr(fields["detail_level"].label), choice_label(text_of(plan.detail_level)))
        yield Part(sort="facts", pairs=(level,), mark=mark)
        yield from self._rows(fields["scenarios"], plan.scenarios, mark)
        for paragraph in fields["paragraphs"].fields:
            yield heading(tr(paragraph.label))
            yield from self._paragraph(paragraph, getattr(plan.paragraphs, paragraph.name), mark)
            if paragraph.name == "situation":
                yield from self._rows(fields["assumptions"], plan.assumptions, mark, level=2)
            if paragraph.name == "execution":
                yield from self._rows(fields["phases"], plan.phases, mark, level=2)
                yield from self._activities(plan)
                yield from self._rows(fields["decision_points"], plan.decision_points, mark, level=2)
            if paragraph.name == "command" and plan.organisation:
                yield heading(tr(fields["organisation"].label), 2)
                yield self._organisation(plan, mark)
        yield from self._annexes(plan, mark)

    def _paragraph(self, field: FieldSpec, held: object, mark: str) -> Iterator[Part]:
        """One of the five, with its parts by letter; one that says nothing says so, so that none seems to be missing."""
        if isinstance(held, str):
            yield from paragraphs(held, mark) or self._nothing()
            return
        written = [(inner, text) for inner in field.fields if (text := str(getattr(held, inner.name)))]
        if not written:
            yield from self._nothing()
        for at, (inner, text) in enumerate(written):
            yield heading(f"{'abcdefgh'[at]}. {tr(inner.label)}", 2)
            yield from paragraphs(text, mark)

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
                self._called("\n".join(map(str, activity.forces))), *self._told(piece),
            )
            for piece, activity in found
        ]  # fmt: skip
        yield heading(tr(LABELS["activity"][1]), 2)
        yield table([*columns, _("Whose"), _("Marking")], rows)

    def _organisation(self, plan: Plan, mark: str) -> Part:
        rows: list[tuple[str, ...]] = []

        def walk(nodes: Sequence[OrganisationNode]) -> None:
            waiting = list(reversed(nodes))
            while waiting:
                node = waiting.pop()
                line = node.line
                name = "› " * (node.depth - 1) + line.name
                rows.append((name, text_of(line.command_state), str(line.window), self._called(text_of(line.force))))
                waiting.extend(reversed(node.below))

        walk(organisation_tree(plan.organisation))
        return table([tr(label) for label in ("Name", "Command state", "Window", "Force")], rows, mark=mark)

    def _annexes(self, plan: Plan, mark: str) -> Iterator[Part]:
        """All annexes in a list, the omitted ones too; then each that is there, on a page of its own."""
        if not plan.annexes:
            return
        yield heading(tr("Annexes"))
        lines = [
            f"{_('Annex')} {annex.letter} ({annex.title})"
            + ("" if annex.state is AnnexState.INCLUDED else f" {tr(choice_label(annex.state)).lower()}")
            for annex in plan.annexes
        ]
        yield Part(sort="items", items=tuple(lines), mark=mark)
        for annex in plan.annexes:
            held = self._material.annexes.get(str(annex.element))
            if annex.state is AnnexState.OMITTED or not (annex.text or annex.element):
                continue
            yield heading(f"{_('Annex')} {annex.letter}: {annex.title}", apart=True)
            yield from paragraphs(annex.text, mark)
            if held is not None:
                yield Part(sort="facts", pairs=((_("Element"), held.title), (_("Whose text"), self._whose(held))))
                yield from self._sections(held, held.content, above=1)
            elif annex.element is not None:
                yield Part(
                    sort="text",
                    text=_("The element that is this annex cannot be read here: %(ref)s") % {"ref": annex.element},
                )

    def _sections(self, piece: Piece, content: Content | UnknownContent, above: int = 0) -> Iterator[Part]:
        """An element in the order of its form, as pages lay it out."""
        mark = self._mark(piece)
        for at, section in enumerate(summary.sections(content)):
            if at:
                name = section.name or tr(section.heading)
                yield heading(name, section.level - 1 + above)
            pairs = tuple((tr(label), self._called(text)) for label, text in section.facts)
            if pairs:
                yield Part(sort="facts", pairs=pairs, mark=mark)
            for text in section.paragraphs:
                yield from paragraphs(self._called(text), mark)
            if section.items:
                yield Part(sort="items", items=tuple(map(self._called, section.items)), mark=mark)
            if section.table:
                columns = [tr(column) for column in section.table.columns]
                yield table(columns, [[self._called(cell) for cell in row] for row in section.table.rows], mark=mark)

    def _rows(self, field: FieldSpec, rows: Sequence[Row], mark: str, level: int = 1) -> Iterator[Part]:
        if rows:
            yield heading(tr(field.label), level)
            cells = [[self._called(_cell(inner, getattr(row, inner.name))) for inner in field.fields] for row in rows]
            yield table([tr(inner.label) for inner in field.fields], cells, mark=mark)

    def _listed(self, name: str, pieces: Sequence[Piece], paths: Sequence[tuple[str, str]]) -> Iterator[Part]:
        found = [piece for piece in pieces if isinstance(piece.content, Requirement | Indicator)]
        if found:
            rows = [
                [*(self._called(text_of(getattr(piece.content, path))) for _label, path in paths), *self._told(piece)]
                for piece in found
            ]
            yield heading(name)
            yield table([*(tr(label) for label, _path in paths), _("Whose"), _("Marking")], rows)

    def _nothing(self) -> tuple[Part, ...]:
        return (Part(sort="text", text=_("Nothing written.")),)

    def _told(self, piece: Piece) -> tuple[str, str]:
        """Whose a row is and its marking, where they are not those of the paper as a whole."""
        mine = self._material.piece
        whose = "" if piece.party == mine.party else self._whose(piece)
        return whose, self._mark(piece) if piece.marking != mine.marking else ""

    def _mark(self, piece: Piece) -> str:
        return (piece.marking or _("no marking given")) if self._marked else ""

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


def _cell(field: FieldSpec, value: object) -> str:
    return choice_label(text_of(value)) if field.widget == "choice" else text_of(value)


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
