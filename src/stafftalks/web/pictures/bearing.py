"""What every drawn element bears, whatever the picture: whose it is in words, where it leads, and how it is changed where it is ours."""

from collections.abc import Mapping

from django.template import Context
from django.urls import reverse

from stafftalks.services.workspace import Piece
from stafftalks.values.ids import PartyId
from stafftalks.web.templatetags.pieces import piece_url
from stafftalks.web.templatetags.stafftalks import kind_label, whose


def bearing(piece: Piece, names: Mapping[PartyId, str]) -> dict[str, object]:
    """The texts and addresses of a piece for scripts; `change` is empty where it is not ours to change."""
    said: dict[str, object] = {
        "key": piece.key,
        "title": piece.title,
        "kind": piece.kind,
        "kindWord": kind_label(piece.kind),
        "side": piece.side,
        "whose": str(whose(Context({"names": names}), piece.side, piece.party)["word"]),
        "party": piece.party,
        "href": piece_url(piece),
        "change": reverse("element-change", args=[piece.element]) if piece.own else "",
        "version": piece.version,
    }
    return said | ({"marking": piece.marking} if piece.marking else {})
