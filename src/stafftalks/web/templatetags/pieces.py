"""How an element is shown wherever it stands: whose text it is, who can see it, its marking, and where it leads."""

from django import template
from django.template import Context
from django.template.base import NodeList, Parser, Token
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from stafftalks.services.workspace import Piece
from stafftalks.values.banner import BESIDE
from stafftalks.web import marking
from stafftalks.web.templatetags.stafftalks import marked

register = template.Library()
register.simple_tag(marked, takes_context=True)


@register.simple_tag
def piece_url(piece: Piece) -> str:
    """The page on which the whole element is read: at home where it is ours, in its accord where it is a partner's."""
    if piece.own:
        return reverse("element", args=[piece.element])
    return reverse("their-element", args=[piece.accord, piece.party, piece.element])


@register.inclusion_tag("web/parts/piece_head.html", takes_context=True)
def piece_head(context: Context, piece: Piece) -> dict[str, object]:
    """Whose text, who can see it and its marking: in words, shape and colour, above the text itself."""
    marking.note(context.get("request"), piece)
    return {"piece": piece, "names": context.get("names") or {}, "request": context.get("request")}


@register.inclusion_tag("web/parts/piece_line.html", takes_context=True)
def piece_line(context: Context, piece: Piece) -> dict[str, object]:
    """One line of a list: the title as a link, then the same three things."""
    marking.note(context.get("request"), piece)
    return {"piece": piece, "names": context.get("names") or {}, "request": context.get("request")}


@register.tag
def bannered(parser: Parser, _token: Token) -> template.Node:
    """`{% bannered %}…{% endbannered %}`: what is inside, between two banners made of the markings of what was drawn there."""
    inside = parser.parse(("endbannered",))
    parser.delete_first_token()
    return _Bannered(inside)


class _Bannered(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        request = context.get("request")
        if request is None:
            return self.nodelist.render(context)
        before = marking.open_page(request)
        try:
            inside = self.nodelist.render(context)
        finally:
            said = marking.close_page(request, before)
        line = BESIDE.join(said)
        strip = get_template("web/parts/banner.html")
        top, bottom = (strip.render({"line": line, "end": end}) for end in ("top", "bottom"))
        return mark_safe(f'{top}<div class="bannered-text">{inside}</div>{bottom}')  # noqa: S308 - all three are rendered templates
