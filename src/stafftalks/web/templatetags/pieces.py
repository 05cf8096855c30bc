"""How an element is shown wherever it stands: whose text it is, who can see it, its marking, and where it leads."""

from django import template
from django.template import Context
from django.urls import reverse

from stafftalks.services.workspace import Piece

register = template.Library()


@register.simple_tag
def piece_url(piece: Piece) -> str:
    """The page on which the whole element is read: at home where it is ours, in its accord where it is a partner's."""
    if piece.own:
        return reverse("element", args=[piece.element])
    return reverse("their-element", args=[piece.accord, piece.party, piece.element])


@register.inclusion_tag("web/parts/piece_head.html", takes_context=True)
def piece_head(context: Context, piece: Piece) -> dict[str, object]:
    """Whose text, who can see it and its marking: in words, shape and colour, above the text itself."""
    return {"piece": piece, "names": context.get("names") or {}, "request": context.get("request")}


@register.inclusion_tag("web/parts/piece_line.html", takes_context=True)
def piece_line(context: Context, piece: Piece) -> dict[str, object]:
    """One line of a list: the title as a link, then the same three things."""
    return {"piece": piece, "names": context.get("names") or {}, "request": context.get("request")}
