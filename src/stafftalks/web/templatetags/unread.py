"""What a page says of what its reader has not looked at, and the part of it that asks for news by itself."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from stafftalks.values.ids import AccordId
from stafftalks.web import access, pulse, unread

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_in(context: Context, accord: str, tab: str = "") -> SafeString | str:
    """How many news of the accord, or of one tab of it, its reader has not looked at; nothing where there are none."""
    request = context.get("request")
    if not isinstance(request, HttpRequest) or not request.user.is_authenticated:
        return ""
    found = unread.of(request)
    counts: Any = found.by_tab(AccordId(accord)) if tab else found.by_accord()
    count = counts.get(tab or accord, 0)
    if not count:
        return ""
    words = ngettext("%d new", "%d new", count) % count
    return format_html(' <span class="count">{}</span>', words)


@register.inclusion_tag("web/parts/news.html", takes_context=True)
def live_news(context: Context) -> dict[str, object]:
    """The part of a page that asks for news by itself, as it is when the page is made."""
    request = context.get("request")
    if not isinstance(request, HttpRequest) or not request.user.is_authenticated:
        return {}
    hq, match = access.headquarters(), request.resolver_match
    element = str(match.kwargs.get("element", "")) if match and match.url_name in ("element", "element-edit") else ""
    row = hq.holdings.element(element) if element else None  # type: ignore[arg-type]
    return {
        "known": pulse.spelt(pulse.sizes(hq)),
        "here": request.get_full_path(),
        "element": element,
        "version": row.version if row else "",
        "signed_in": True,
    }
