"""What every drawn element bears, whatever the picture: whose it is in words, where it leads, and how it is changed where it is ours."""

from collections.abc import Mapping
from functools import cache

from django.template import Context
from django.urls import reverse

from stafftalks.services.workspace import Piece
from stafftalks.values.ids import PartyId
from stafftalks.web.templatetags.pieces import piece_url
from stafftalks.web.templatetags.stafftalks import kind_label, whose

_CHANGE = "change/"


class Bearings:
    """The texts and addresses of pieces for scripts, in one reader's language; what many share is worked out once."""

    def __init__(self, names: Mapping[PartyId, str]) -> None:
        context = Context({"names": names})
        self._whose = cache(lambda side, party: str(whose(context, side, party)["word"]))
        self._kind = cache(kind_label)
        self._home = reverse("element", args=["a" * 26])

    def of(self, piece: Piece) -> dict[str, object]:
        """What `piece` bears; `change` is empty where it is not ours to change."""
        home = self._home.replace("a" * 26, piece.element) if piece.own else piece_url(piece)
        said: dict[str, object] = {
            "key": piece.key,
            "title": piece.title,
            "kind": piece.kind,
            "kindWord": self._kind(piece.kind),
            "side": piece.side,
            "whose": self._whose(piece.side, piece.party),
            "party": piece.party,
            "href": home,
            "change": home + _CHANGE if piece.own else "",
            "version": piece.version,
        }
        return said | ({"marking": piece.marking} if piece.marking else {})
