"""What stands beside an element on its page: our own people's notes on it, the talk about it, and what it goes back to."""

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stafftalks.planning import summary
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.services import sources
from stafftalks.services.sources import Resting
from stafftalks.store import notes, people
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.relative_time import Instant, Moment, Window
from stafftalks.web import access, marking
from stafftalks.web.templatetags.stafftalks import day, when
from stafftalks.web.views.sources import words_of

register = template.Library()
_NOTES = 20
_PEOPLE = 500
_DAY = 86_400


@register.simple_tag(takes_context=True)
def as_it_stood(context: Context, content: Content | UnknownContent, above: int = 2) -> SafeString:
    """A text as it was in one version, laid out for reading, its headings `above` levels below the page's title."""
    marking.note(context.get("request"), content)
    drawn = {"sections": summary.sections(content), "above": above, "titles": context.get("titles") or {}}
    return render_to_string("web/parts/reading.html", drawn)


@register.inclusion_tag("web/talks/beside.html", takes_context=True)
def element_notes(context: Context, party: PartyId, element: ElementId, version: str = "") -> dict[str, object]:
    """What our own people noted about this element, under the words that it stays here, with a form; opening it marks it as read."""
    request = context["request"]
    hq, person = access.headquarters(), access.person_of(request)
    total, found = notes.about(party, element, limit=_NOTES)
    mine = [row.number for row in found if person.username in row.mentions]
    if mine:
        notes.mark_read(person.username, at=hq.clock.now(), notes=mine)
    return {
        "notes": found,
        "more": max(0, total - len(found)),
        "party": party,
        "element": element,
        "exact": version,
        "people": [(one.username, one.name) for one, active in people.everyone()[:_PEOPLE] if active],
        "person": person,
        "next": request.path + "#notes",
        "request": request,
        "names": context.get("names") or {},
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("web/talks/ways.html", takes_context=True)
def talk_ways(context: Context, party: PartyId, element: ElementId, kind: str) -> dict[str, object]:
    """Where else this element is worked on: the talk about it, and for minutes, engagements, reports and assessments their own pages."""
    found: dict[str, object] = {"party": party, "element": element, "kind": kind, "names": context.get("names") or {}}
    if kind == "assessment":
        library = sources.library(access.headquarters())
        piece = next((one for one in library.assessments if one.key == f"{party}/{element}"), None)
        found["rests"] = words_of(sources.resting(library, piece)) if piece is not None else ""
    return found


@register.filter
def moment(value: Moment) -> SafeString | str:
    """A moment as people read it: a date where it is midnight, a date and time where it is not, `C+3` where it is relative."""
    if not isinstance(value, Instant):
        return str(value)
    return day(value.seconds) if value.seconds % _DAY == 0 else when(value.seconds)


@register.filter
def stretch(window: Window) -> SafeString | str:
    """A window as people read it: one moment, from one to the other, or open at one end."""
    if window.start is not None and window.start == window.end:
        return moment(window.start)
    if window.start is None or window.end is None:
        known = window.start or window.end
        if known is None:
            return ""
        words = _("from {}") if window.start is not None else _("until {}")
        return format_html(words, moment(known))
    return format_html(_("{} to {}"), moment(window.start), moment(window.end))


@register.simple_tag
def rests(resting: Resting) -> str:
    """What an assessment rests on, in a sentence."""
    return words_of(resting)
