"""Charts on pages, and as files: how ticks stand along an axis, where a chart's elements are read, and a file that bears the marking of all that it stands on.

A page with charts makes them before it is drawn; asked for one as a file (`?chart=coverage&take=png`), it answers with `export` instead. So a file shows what its page shows, by the same query.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dates import MONTHS_3
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from stafftalks.analysis.times import Times
from stafftalks.formats.charts import drawing
from stafftalks.formats.charts.chart import Axis, Chart
from stafftalks.formats.charts.drawing import Around
from stafftalks.planning.kinds import LABELS
from stafftalks.planning.refs import ElementRef
from stafftalks.services import accords, labels, prints, releases, workspace
from stafftalks.services.analyses import Basis, Input
from stafftalks.services.ports import Headquarters
from stafftalks.values.banner import BESIDE, banners
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.label import Marking
from stafftalks.web import access, marking
from stafftalks.web.templatetags.stafftalks import tr

Names = Mapping[PartyId, str]
_LISTED: Final = 100


class Answer(Protocol):
    """An answer that names what it stands on."""

    @property
    def basis(self) -> Basis:
        """Its exact versions."""


class Standing(msgspec.Struct, frozen=True):
    """An exact version that an answer stands on, and where it is read; empty where it cannot be any more."""

    input: Input
    url: str


def axis(times: Times) -> Axis:
    """How the ticks of an answer stand along an axis."""
    return Axis(times.anchor, times.dated, times.tick_s, times.zero + times.shift * times.tick_s)


def export(request: HttpRequest, charts: Sequence[Chart], basis: Basis) -> HttpResponse | None:
    """The chart that the query asks for, as the file that it asks for; None where it asks for none. The journal records who took it out.

    The file bears the marking of everything that the answer stands on, the versions, who may see it, and who took it out when.
    """
    named, form = request.GET.get("chart", ""), request.GET.get("take", "")
    if not form:
        return None
    chart = next((chart for chart in charts if chart.name == named), None)
    asked = next((known for known in drawing.TYPES if known == form), None)
    if chart is None or asked is None:
        raise Http404
    hq, person = access.headquarters(), access.person_of(request)
    made = drawing.file_of(asked, chart, _around(request, hq, basis))
    prints.note(hq, person, "printed", f"chart {chart.name}", f"Chart: {chart.title}, as {asked.upper()}.")
    answer = HttpResponse(made, content_type=drawing.TYPES[asked])
    answer["Content-Disposition"] = f'attachment; filename="{hq.party}-{chart.name}.{asked}"'
    return answer


def markings(hq: Headquarters, basis: Basis) -> tuple[Marking, ...]:
    """The markings of all that an answer stands on, also of portions, and ours beside a partner's text: a page with the answer bears them (`{% marked … %}`)."""
    found = dict.fromkeys(marking.markings_named(hq, [_ref(each) for each in basis.inputs]))
    for each in _moved(hq, basis):
        party, element = _ref(each)
        # What stands now is counted above; here, what the answer stood on, where that is another version.
        piece = workspace.piece(hq, ElementRef(PartyId(party), ElementId(element), VersionHash(each.version)))
        found |= dict.fromkeys(marking.markings_of(piece))
    beside = labels.known(hq).beside
    found |= {beside[version]: None for each in basis.inputs if (version := VersionHash(each.version)) in beside}
    return tuple(found)


def ways(hq: Headquarters, keys: Iterable[str]) -> dict[str, str]:
    """Where each element (`XMR/<element>`) is read: ours at home, a partner's in the newest accord in which it was released; what is not here is left out."""
    own = f"{hq.party}/"
    wanted = {key for key in keys if key}
    found = {key: reverse("element", args=[key.removeprefix(own)]) for key in wanted if key.startswith(own)}
    theirs = wanted - found.keys()
    for view in accords.views(hq) if theirs else ():
        for party in view.partners:
            for element in view.accord.sheet(party).released:
                if (key := f"{party}/{element}") in theirs:
                    found.setdefault(key, reverse("their-element", args=[view.row.id, party, element]))
    return found


def seen_by(basis: Basis, names: Names) -> str:
    """Who may see an answer, in words."""
    if basis.stays_home:
        return _("Our own people only: something that is not released is in it. It stays home.")
    if len(basis.readers) < 2:
        return _("Our own people only.")
    parties = ", ".join(_named(party, names) for party in basis.readers)
    return _("Our own people. Every version that it stands on is held by %(parties)s.") % {"parties": parties}


def standing(answer: Answer) -> dict[str, object]:
    """What `analyses/basis.html` draws of an answer that is reckoned as its page is opened: the first of the versions it stands on, and where each is read."""
    inputs = answer.basis.inputs
    urls = ways(access.headquarters(), [each.element for each in inputs[:_LISTED]])
    listed = [Standing(each, urls.get(each.element, "")) for each in inputs[:_LISTED]]
    return {"run": answer, "standing": listed, "standing_more": max(0, len(inputs) - _LISTED)}


def stands_on(basis: Basis, names: Names) -> list[tuple[str, ...]]:
    """Every exact version that an answer stands on: title, kind, whose, and the version."""
    rows = sorted(basis.inputs, key=lambda each: (each.kind, each.title, each.element))
    return [
        (each.title, tr(LABELS[each.kind][0]) if each.kind in LABELS else each.kind, _named(each.owner, names), each.version[:16])
        for each in rows
    ]  # fmt: skip


def _around(request: HttpRequest, hq: Headquarters, basis: Basis) -> Around:
    person, names, policies = access.person_of(request), releases.partner_names(hq), labels.policies(hq)
    at = datetime.fromtimestamp(hq.clock.now(), UTC)
    taken = {
        "hq": _named(hq.party, names),
        "who": person.name or person.username,
        "when": f"{date_format(at, 'j M Y, H:i')} UTC",
    }
    turned = request.GET.get("dir") == "rtl" or get_language_bidi()
    return Around(
        kind=_("Analysis"),
        author=_named(hq.party, names),
        banner=BESIDE.join(banners(policies, markings(hq, basis), marking.language())) or _("No marking was given"),
        language=(get_language() or "en").split("-")[0],
        direction="rtl" if turned else "ltr",
        cover=(
            (_("Who can see it"), seen_by(basis, names)),
            (_("Printed"), _("at %(hq)s by %(who)s, %(when)s; not a release") % taken),
            *(((tr("Contingency"), basis.ask.contingency),) if basis.ask.contingency else ()),
        ),
        foot=_("Printed at %(hq)s by %(who)s on %(when)s; not a release") % taken,
        page=_("Page"),
        of=_("of"),
        stands_on=_("Stands on"),
        version_columns=(_("Title"), _("Kind"), _("Whose"), _("Version")),
        versions=tuple(stands_on(basis, names)),
        table=_("The same as a table"),
        more=_("and %(count)s more: the PDF lists them all"),
        months=tuple(str(MONTHS_3[number]).capitalize() for number in range(1, 13)),
    )  # fmt: skip


def _moved(hq: Headquarters, basis: Basis) -> Iterator[Input]:
    """What the answer stands on in another version than stands now."""
    own = hq.holdings.elements([ElementId(_ref(each)[1]) for each in basis.inputs if each.owner == hq.party])
    now = {str(row.version) for row in own.values()}
    for view in accords.views(hq) if len(own) < len(basis.inputs) else ():
        for party in view.partners:
            now |= {history[-1].version for history in view.accord.sheet(party).released.values() if history}
    yield from (each for each in basis.inputs if each.version not in now)


def _ref(each: Input) -> tuple[str, str]:
    party, _slash, element = each.element.partition("/")
    return party, element


def _named(party: PartyId, names: Names) -> str:
    name = names.get(party, "")
    return f"{name} ({party})" if name and name != party else str(party)
