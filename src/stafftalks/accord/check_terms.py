"""What the terms, keys and sizes of a private check may be. One list of bounds, read by the desk before anything leaves and by the fold of what came.

What the terms mean (which cells cover what, how many points follow from them) is no matter of this room.
"""

import re
from collections.abc import Iterator
from typing import Final

from stafftalks.accord.bodies import POINT_BYTES, CheckConsent, CheckProposal, CheckTerms
from stafftalks.record import b64
from stafftalks.values.errors import PeerError

MAX_PART_POINTS: Final = 40_000
"""Points in one entry: 1.8 MB of text, so that several fit into a bundle."""
MAX_PARTS: Final = 64
"""Of one message; an author may cut its parts as it likes."""
MAX_POINTS: Final = MAX_PARTS * MAX_PART_POINTS
"""Points that each side can send of its own in one check."""
MAX_ACTIVITIES: Final = 1_000
MAX_CELLS: Final = 4_096
MAX_WORDS: Final = 2_000
"""Characters in a purpose or statement."""
_MAX_NAME: Final = 200
_FINEST: Final = 30
_LAST_SECOND: Final = 253_402_300_799
_CELL: Final = re.compile(r"[0-9a-z][0-9a-z@.:-]{0,79}")
_COVER: Final = re.compile(r"[a-z0-9][a-z0-9./-]{0,39}")
_SESSION_BYTES, _ROOT_BYTES = 16, 32


def proposal_faults(body: CheckProposal) -> Iterator[str]:
    """Why nobody could consent to this proposal, in sentences; none where one could."""
    yield from terms_faults(body.terms)
    yield from _token(body.session, "The session", _SESSION_BYTES)
    yield from _token(body.root, "The root over the activities", _ROOT_BYTES)
    yield from _token(body.key, "The key", POINT_BYTES)


def consent_faults(body: CheckConsent) -> Iterator[str]:
    """Why this answer could have no effect whatever was proposed."""
    if len(body.statement) > MAX_WORDS:
        yield f"The statement has {len(body.statement)} characters; at most {MAX_WORDS} can be carried."
    if body.act == "consent":
        yield from _token(body.root, "The root over the activities", _ROOT_BYTES)
        yield from _token(body.key, "The key", POINT_BYTES)
    elif body.root or body.key:
        yield "It declines, and yet carries a root or a key."


def terms_faults(terms: CheckTerms) -> Iterator[str]:
    """Each bound that the terms break."""
    if not terms.purpose.strip() or len(terms.purpose) > MAX_WORDS:
        yield f"The purpose must be said, in at most {MAX_WORDS} characters."
    if len(terms.auditor) > _MAX_NAME:
        yield f"The auditor's name has {len(terms.auditor)} characters; at most {_MAX_NAME} can be carried."
    if not 0 < len(terms.cells) <= MAX_CELLS:
        yield f"The area has {len(terms.cells)} cells; it must have one, and at most {MAX_CELLS}."
    elif list(terms.cells) != sorted(set(terms.cells)) or not all(map(_CELL.fullmatch, terms.cells)):
        yield "The area is not written as tokens of cells in order, each once."
    if not 0 <= terms.start <= terms.end <= _LAST_SECOND:
        yield "The window ends before it begins, or outside all calendars."
    if terms.floor_m is not None and terms.ceiling_m is not None and terms.floor_m > terms.ceiling_m:
        yield "The ceiling is below the floor."
    if not _COVER.fullmatch(terms.cover):
        yield "The cover has no name that one could know it by."
    if not 0 <= terms.finest <= _FINEST or terms.granule_s < 1 or terms.band_m < 1:
        yield "The finest cell, time node or altitude band is none."
    if not 0 < terms.activities <= MAX_ACTIVITIES:
        yield f"It is for {terms.activities} activities a side; one can compare 1 to {MAX_ACTIVITIES}."
    for points in (terms.proposer_points, terms.partner_points):
        if not 0 < points <= MAX_POINTS:
            yield (
                f"It asks a side for {points} points; one can send 1 to {MAX_POINTS}. Take higher bands, larger cells, a shorter window or fewer "
                "activities."
            )
    if not 0 < terms.expires <= _LAST_SECOND:
        yield "It does not say until when it can be answered."


def _token(text: str, what: str, size: int) -> Iterator[str]:
    try:
        b64.parse_url(text, what, size=size)
    except PeerError as error:
        yield str(error)
