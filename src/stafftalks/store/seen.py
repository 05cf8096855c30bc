"""What each person has looked at: everything up to a moment, and single things later than that.

A thing is unread while it came after both. Marking all as read moves the moment and forgets the single marks, so they stay few.
"""

from collections.abc import Iterable, Mapping

from stafftalks.store.edge import reading, writing
from stafftalks.store.models import SeenMark, User


@reading()
def marks(person: str) -> Mapping[str, int]:
    """Up to when (unix seconds) each single thing was seen by this person; one query, whatever there is."""
    return dict(SeenMark.objects.filter(person=person).values_list("target", "at"))


@writing()
def see(person: str, targets: Iterable[str], *, at: int) -> None:
    """Notes that this person has seen these things up to `at`; never takes a mark back."""
    rows = [SeenMark(person=person, target=target[:200], at=at) for target in dict.fromkeys(targets)]
    SeenMark.objects.bulk_create(
        rows, update_conflicts=True, update_fields=("at",), unique_fields=("person", "target"), batch_size=300
    )


@writing()
def see_all(person: str, *, upto: int) -> None:
    """Notes that this person has seen everything that came up to `upto`; a moment earlier than the one noted changes nothing."""
    User.objects.filter(username=person, last_seen_at__lt=upto).update(last_seen_at=upto)
    SeenMark.objects.filter(person=person, at__lte=upto).delete()
