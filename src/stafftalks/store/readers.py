"""The `Readers` port: who of our own people has opened which exact version of a partner's text. It is read by nothing that sends."""

from collections.abc import Sequence

from django.db.models import Count

from stafftalks.planning.refs import ExactRef
from stafftalks.store.edge import reading, writing
from stafftalks.store.models import ReadMark

_BATCH = 500


class DjangoReaders:
    """Marks in the database of this process."""

    def note(self, person: str, about: ExactRef, at: int) -> None:
        """Notes that `person` (a username) has opened this version; the first time counts, and only it is written."""
        if not _noted(person, about):
            _write(person, about, at)

    @reading()
    def counts(self, about: Sequence[ExactRef]) -> dict[ExactRef, int]:
        """How many different persons have opened each of these; those that nobody has are left out."""
        found: dict[ExactRef, int] = {}
        for start in range(0, len(about), _BATCH):
            part = {str(one): one for one in about[start : start + _BATCH]}
            rows = ReadMark.objects.filter(about__in=list(part)).order_by().values_list("about")
            found.update((part[name], count) for name, count in rows.annotate(Count("person")))
        return found


@reading()
def _noted(person: str, about: ExactRef) -> bool:
    return ReadMark.objects.filter(about=str(about), person=person).exists()


@writing()
def _write(person: str, about: ExactRef, at: int) -> None:
    ReadMark.objects.bulk_create([ReadMark(about=str(about), person=person, at=at)], ignore_conflicts=True)
