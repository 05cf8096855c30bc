"""Options side by side: gathered from what our people may read, stored nowhere."""

from collections.abc import Mapping, Sequence

import msgspec

from stafftalks.planning.kinds import Content
from stafftalks.planning.options import Criterion, Option
from stafftalks.planning.plans import Plan
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import Requirement
from stafftalks.services import accords, editing, elements, workspace
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Held, Piece
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.person import Person

Key = tuple[PartyId, ElementId]


class Grouped(msgspec.Struct, frozen=True):
    """Options that answer the same thing: a scenario where they name one, else a contingency, else neither."""

    scenario: ElementRef | None
    contingency: str
    options: tuple[Piece, ...]


def grouped(hq: Headquarters) -> tuple[Grouped, ...]:
    """Every option our people may read, by what it answers: the largest groups of one scenario first."""
    groups: dict[tuple[str, str], list[Piece]] = {}
    for piece in workspace.pieces(hq, kinds=("option",)):
        if isinstance(piece.content, Option):
            scenario = piece.content.scenario
            key = (f"{scenario.party}/{scenario.element}", "") if scenario else ("", piece.contingency)
            groups.setdefault(key, []).append(piece)
    found = [
        Grouped(ElementRef.parse(scenario) if scenario else None, contingency, tuple(options))
        for (scenario, contingency), options in groups.items()
    ]
    return tuple(sorted(found, key=lambda group: (group.scenario is None, -len(group.options), group.contingency)))


def chosen(hq: Headquarters, keys: Sequence[str], scenario: ElementRef | None, contingency: str) -> tuple[Piece, ...]:
    """The options with these keys where any is named; else those for this scenario, else those of this contingency."""
    pieces = [piece for piece in workspace.pieces(hq, kinds=("option",)) if isinstance(piece.content, Option)]
    if keys:
        by_key = {piece.key: piece for piece in pieces}
        return tuple(by_key[key] for key in dict.fromkeys(keys) if key in by_key)
    if scenario is not None:
        return tuple(piece for piece in pieces if _is_for(piece.content, scenario))
    return tuple(piece for piece in pieces if piece.contingency == contingency)


def weigh_alike(hq: Headquarters, person: Person, options: Sequence[Piece], weights: Mapping[str, int]) -> int:
    """Gives every own option among `options` these weights, and the criteria it lacks; how many were revised. All or none."""
    done = 0
    with hq.transactions.atomic():
        for piece in options:
            if not piece.own or not isinstance(piece.content, Option):
                continue
            rows = {row.criterion: row for row in piece.content.criteria}
            wanted = [
                msgspec.structs.replace(rows.get(name, Criterion(criterion=name)), weight=weight)
                for name, weight in weights.items()
            ]
            rest = [row for row in piece.content.criteria if row.criterion not in weights]
            content = msgspec.structs.replace(piece.content, criteria=(*wanted, *rest))
            if content != piece.content:
                elements.revise(hq, person, piece.element, content, piece.version)
                done += 1
    return done


def score(hq: Headquarters, person: Person, option: Piece, typed: Mapping[str, str]) -> None:
    """Keeps what was typed into an own option's column, by dotted path; raises FieldsError, ConflictError or RefusedError."""
    if not option.own:
        raise MisuseError(f"“{option.title}” is {option.party}'s: suggest a change instead of making it.")
    editing.change(hq, person, option.element, option.version, typed)


def pairs(hq: Headquarters, piece: Piece) -> tuple[Piece, ...]:
    """Other elements of the same kind that answer the same: the same scenario, the same serial, or the same contingency; nearest first."""
    found: list[tuple[int, str, Piece]] = []
    for other in workspace.pieces(hq, kinds=(piece.kind,)):
        if other.key == piece.key:
            continue
        near = 6 * bool(_scenarios(other.content) & _scenarios(piece.content))
        near += 4 * (_serial(other.content) != "" and _serial(other.content) == _serial(piece.content))
        near += 2 * (bool(piece.contingency) and other.contingency == piece.contingency)
        if near:
            found.append((-near - (other.party != piece.party), other.key, other))
    return tuple(other for _rank, _key, other in sorted(found, key=lambda item: item[:2]))


def releases_of(hq: Headquarters, party: PartyId, element: ElementId) -> tuple[Held, ...]:
    """Every release of this element that was not recalled, oldest first, over all accords."""
    found = [
        Held(view.row.id, view.title, item.realm, item.to, item.version, item.at)
        for view in accords.views(hq)
        for item in view.accord.sheet(party).released.get(element, ())
    ]
    return tuple(sorted(found, key=lambda held: held.at))


def _is_for(content: object, scenario: ElementRef) -> bool:
    return (scenario.party, scenario.element) in _scenarios(content)


def _scenarios(content: object) -> set[Key]:
    """The scenarios that an element answers; a scenario answers itself."""
    if isinstance(content, Plan):
        return {(row.scenario.party, row.scenario.element) for row in content.scenarios}
    scenario = getattr(content, "scenario", None)
    return {(scenario.party, scenario.element)} if isinstance(scenario, ElementRef) else set()


def _serial(content: Content | object) -> str:
    return content.serial if isinstance(content, Requirement) else ""
