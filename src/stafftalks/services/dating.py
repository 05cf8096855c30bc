"""When something was or is due, as an absolute time, for many things at once: the dates of anchors are read once, whatever is asked."""

from stafftalks.planning.timing import AnchorDate
from stafftalks.services import workspace
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.relative_time import Instant, Moment, resolve_moment


class Dates:
    """The dates of anchors as we know them, by contingency; ours go before a partner's, a contingency's own before a general one."""

    def __init__(self, hq: Headquarters) -> None:
        self._anchors = [
            (piece, piece.content)
            for piece in workspace.pieces(hq, kinds=("anchor",))
            if isinstance(piece.content, AnchorDate) and piece.content.plan is None
        ]
        self._known: dict[str, dict[str, Instant]] = {}

    def of(self, moment: Moment | None, contingency: str) -> Instant | None:
        """`moment` as an absolute time; None where it is none, or hangs on an anchor without a date."""
        if moment is None or isinstance(moment, Instant):
            return moment
        if contingency not in self._known:
            self._known[contingency] = self._dates(contingency)
        return resolve_moment(moment, self._known[contingency])

    def _dates(self, contingency: str) -> dict[str, Instant]:
        best: dict[str, tuple[tuple[bool, bool, int], Instant]] = {}
        for piece, content in self._anchors:
            if piece.contingency in ("", contingency):
                rank = _rank(piece)
                if content.anchor not in best or rank > best[content.anchor][0]:
                    best[content.anchor] = (rank, content.at)
        return {anchor: at for anchor, (_, at) in best.items()}


def _rank(piece: Piece) -> tuple[bool, bool, int]:
    return bool(piece.contingency), piece.own, piece.at
