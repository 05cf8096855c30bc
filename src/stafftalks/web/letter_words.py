"""A disclosure letter said in plain words: what it lets go, how finely, by whom and until when; and where it lets nothing go at all."""

from collections.abc import Iterator
from datetime import UTC, datetime

import h3
import msgspec
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.planning.kinds import LABELS
from stafftalks.planning.letters import ALL, CHECK, CountDetail, Detail, Letter, PositionDetail, TimeDetail
from stafftalks.values.relative_time import Instant
from stafftalks.web.templatetags.stafftalks import capital, number, tr

_DAY_S, _YEAR_DAYS = 86_400, 365
SOON_DAYS = 14


class Said(msgspec.Struct, frozen=True):
    """One thing that a letter says; `stops` where, as it stands, that lets nothing go at all."""

    label: str
    sentence: str
    stops: bool = False


def in_words(letter: Letter) -> tuple[Said, ...]:
    """The letter in plain words, in the order in which one reads a letter."""
    return tuple(_said(letter))


def stopping(letter: Letter) -> tuple[Said, ...]:
    """What in the letter lets nothing go, whatever else it says."""
    return tuple(said for said in _said(letter) if said.stops)


def left(seconds: int) -> str:
    """How long a letter still stands, in words."""
    days = seconds // _DAY_S
    if seconds <= 0:
        return _("expired")
    if not days:
        return _("ends today or tomorrow")
    if days >= 2 * _YEAR_DAYS:
        years = days // _YEAR_DAYS
        return ngettext("%d year left", "%d years left", years) % years
    return ngettext("%d day left", "%d days left", days) % days


def _said(letter: Letter) -> Iterator[Said]:
    yield from _ceilings(letter)
    yield from _listed(
        _("Realms"), [str(capital(tr(realm))) for realm in letter.realms], all_of=_("Every realm that is open."),
        none=_("None named, so nothing may leave."), given=letter.realms,
    )  # fmt: skip
    yield from _kinds(letter)
    yield from _listed(
        _("For the cases"), list(letter.contingencies), all_of=_("Every contingency, and what belongs to none."),
        none=_("None named, so nothing may leave."), given=letter.contingencies,
    )  # fmt: skip
    yield from _detail(letter.detail)
    ways = {"https": _("over the network"), "file": _("as a sealed file, carried by hand")}
    yield from _listed(
        _("How it travels"), [ways.get(way, way) for way in letter.methods], all_of=_("Any way."),
        none=_("No way is named, so nothing may leave."), given=letter.methods,
    )  # fmt: skip
    yield from _listed(
        _("Who decides"), list(letter.deciders), all_of=_("Any disclosure officer, never whoever asked."),
        none=_("Nobody is named, so nobody can decide."), given=letter.deciders,
    )  # fmt: skip
    yield from _head(letter)
    together = _("Several may be decided in one act.") if letter.together else _("Each is decided by itself.")
    yield Said(_("Together"), together)
    yield Said(_("Until"), _times(letter))


def _head(letter: Letter) -> Iterator[Said]:
    elements = [kind for kind in letter.head_decides if kind != CHECK]
    if elements:
        kinds = _("everything") if ALL in elements else ", ".join(map(_kind, elements))
        yield Said(_("Head of delegation"), _("Must decide too, as a third person, for: %(kinds)s.") % {"kinds": kinds})
    if CHECK in letter.head_decides or ALL in letter.head_decides:
        yield Said(_("Head of delegation"), _("Decides every private check, in an officer’s place."))


def _ceilings(letter: Letter) -> Iterator[Said]:
    if not letter.ceilings:
        yield Said(_("Up to"), _("No classification is named, so nothing may leave."), stops=True)
    for ceiling in letter.ceilings:
        if ALL in ceiling.categories:
            caveats = _("with any caveat")
        elif ceiling.categories:
            caveats = _("with these caveats at most: %(caveats)s") % {"caveats": "; ".join(ceiling.categories)}
        else:
            caveats = _("without any caveat")
        said = {"level": ceiling.classification, "policy": ceiling.policy, "caveats": caveats}
        yield Said(_("Up to"), _("%(level)s under the policy %(policy)s, %(caveats)s.") % said)
    if letter.categories_refused:
        said = {"caveats": "; ".join(letter.categories_refused)}
        yield Said(_("Never"), _("Anything marked %(caveats)s.") % said)


def _kinds(letter: Letter) -> Iterator[Said]:
    yield from _listed(
        _("Kinds"), [_kind(kind) for kind in letter.kinds], all_of=_("Every kind of element, and private checks."),
        none=_("None named, so nothing may leave."), given=letter.kinds,
    )  # fmt: skip
    if letter.kinds_refused:
        yield Said(_("But not"), ", ".join(map(_kind, letter.kinds_refused)) + ".")


def _detail(detail: Detail) -> Iterator[Said]:
    match detail.positions:
        case PositionDetail.WITHHELD:
            yield Said(_("Places"), _("Stay at home."))
        case PositionDetail.CELL:
            said = {"cell": detail.cell, "area": cell_area(detail.cell or 0)}
            yield Said(
                _("Places"), _("As grid cells of about %(area)s each (H3 resolution %(cell)s), or larger.") % said
            )
        case PositionDetail.EXACT:
            yield Said(_("Places"), _("Exactly as they are written."))
    match detail.counts:
        case CountDetail.BANDED:
            bands = _("In bands of %(size)s.") % {"size": number(detail.round_to)} if detail.round_to else ""
            yield Said(_("Counts"), bands or _("In bands: ones, tens, hundreds and so on."))
        case CountDetail.ROUNDED:
            yield Said(_("Counts"), _("Rounded to the nearest %(size)s.") % {"size": number(detail.round_to or 0)})
        case CountDetail.EXACT:
            yield Said(_("Counts"), _("Exactly as they are written."))
    match detail.times:
        case TimeDetail.WITHHELD_ANCHOR:
            yield Said(_("Times"), _("Only as days and hours from an anchor, as C+3; no date."))
        case TimeDetail.DAY:
            yield Said(_("Times"), _("By the day, without the hour."))
        case TimeDetail.EXACT:
            yield Said(_("Times"), _("Exactly as they are written."))


def _times(letter: Letter) -> str:
    until = _moment(letter.valid_until)
    if letter.valid_from is None:
        return until
    return _("%(until)s, from %(start)s on") % {"start": _moment(letter.valid_from), "until": until}


def _moment(instant: Instant) -> str:
    """Date and time in UTC; years that this machine cannot write as a date stand as they are spelled."""
    try:
        return date_format(datetime.fromtimestamp(instant.seconds, UTC), "DATETIME_FORMAT")
    except (ValueError, OverflowError):
        return str(instant)


def _listed(label: str, words: list[str], *, all_of: str, none: str, given: tuple[str, ...]) -> Iterator[Said]:
    if not given:
        yield Said(label, none, stops=True)
    elif ALL in given:
        yield Said(label, all_of)
    else:
        yield Said(label, ", ".join(words) + ".")


def _kind(kind: str) -> str:
    if kind == CHECK:
        return _("Private checks")
    return tr(LABELS[kind][1]) if kind in LABELS else kind


def cell_area(resolution: int) -> str:
    """The mean area of a cell, in a unit that makes it readable."""
    km2 = float(h3.average_hexagon_area(resolution, "km^2"))
    if km2 < 1:
        return _("%(area)s m²") % {"area": number(_round(km2 * 1_000_000))}
    return _("%(area)s km²") % {"area": number(_round(km2))}


def _round(size: float) -> int:
    """Two digits that count: an area of 252.9 is about 250."""
    digits = len(str(int(size)))
    return int(round(size, 2 - digits)) if digits > 2 else round(size)
