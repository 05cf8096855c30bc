"""The marking that a new element of ours begins with: what it says itself, else that of what it talks about, else this headquarters' default.

Only what is new is marked so, and people see it before they save. At the release desk nothing is ever added: what bears no marking there does not leave.
"""

import msgspec

from stafftalks.planning import element as elements
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.text import Talk
from stafftalks.services import reading
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.label import Marking


def marked(hq: Headquarters, content: Content) -> Content:
    """`content` as a new element of ours: with a marking where it came without any; talk is of the contingency of what it is about."""
    about = getattr(content, "about", None)
    subject = subject_of(hq, about) if isinstance(content, Talk) and isinstance(about, ExactRef) else None
    marking = content.marking if content.marking != Marking() else _of(hq, subject)
    contingency = content.contingency or (subject.contingency if subject is not None else "")
    if marking == content.marking and contingency == content.contingency:
        return content
    return msgspec.structs.replace(content, marking=marking, contingency=contingency)


def proposed(hq: Headquarters, about: str = "") -> Marking:
    """What a form for a new element shows filled in; `about` is what it would talk about, spelled as a reference, or empty."""
    try:
        subject = subject_of(hq, ElementRef.parse(about)) if about else None
    except MisuseError:
        subject = None  # the form itself says what is wrong with it
    return _of(hq, subject)


def subject_of(hq: Headquarters, about: ElementRef | ExactRef) -> Content | None:
    """What this version says, where it stands released here or is our own text; None where neither, or it cannot be read here."""
    for loaded in reading.load_all(hq):
        for item in reversed(loaded.state.sheet(about.party).released.get(about.element, ())):
            if about.version in (None, item.version):
                return _content(item.raw)
    row = hq.holdings.element(about.element) if about.party == hq.party else None
    return _content(row.raw) if row is not None else None


def _of(hq: Headquarters, subject: Content | None) -> Marking:
    return subject.marking if subject is not None and subject.marking != Marking() else hq.policy.default_marking


def _content(raw: bytes) -> Content | None:
    try:
        found = elements.decode(raw).content
    except PeerError:
        return None
    return None if isinstance(found, UnknownContent) else found
