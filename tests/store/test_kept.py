"""What a person is typing, what they have seen and the mail they asked for: rows of their own, cleared when they should be."""

import pytest

from stafftalks.store import digest, kept, seen
from stafftalks.store.models import KeptForm, SeenMark, User
from stafftalks.values.errors import MisuseError
from tests.store.conftest import as_app_role

pytestmark = pytest.mark.django_db
NOON = 1_700_000_000
FORM = "/elements/new/report/"


def test_the_last_that_was_typed_is_kept_and_only_for_who_typed_it() -> None:
    kept.keep("pia", FORM, {"title": "One"}, at=NOON)
    kept.keep("pia", FORM, {"title": "Two", "said": "ש\ud800\0"}, at=NOON + 5, based_on="v")
    found = kept.kept("pia", FORM)
    assert found is not None
    assert (found.fields["title"], found.at, found.based_on) == ("Two", NOON + 5, "v")
    assert kept.kept("oda", FORM) is None
    assert not kept.drop("oda", FORM)
    assert kept.drop("pia", FORM)
    assert kept.kept("pia", FORM) is None


def test_nothing_is_kept_longer_than_ninety_days() -> None:
    kept.keep("pia", FORM, {"title": "Old"}, at=NOON)
    kept.keep("oda", FORM, {"title": "Young"}, at=NOON + 10 * 86_400)
    assert kept.purge(NOON + 91 * 86_400) == 1
    assert kept.kept("pia", FORM) is None
    assert kept.kept("oda", FORM) is not None


def test_one_person_cannot_fill_the_table() -> None:
    for number in range(kept.MAX_FORMS + 5):
        kept.keep("pia", f"{FORM}?n={number}", {"title": "x"}, at=NOON + number)
    assert KeptForm.objects.count() == kept.MAX_FORMS
    assert kept.kept("pia", f"{FORM}?n=0") is None
    with pytest.raises(MisuseError, match="divide"):
        kept.keep("pia", FORM, {"title": "x" * kept.MAX_BYTES}, at=NOON)


def test_colleagues_learn_who_has_a_form_open_and_not_what_stands_in_it() -> None:
    User.objects.create_user("pia", name="Pia Planner")
    kept.opened("pia", "a" * 26, at=NOON)
    kept.opened("pia", "a" * 26, at=NOON + 60, typed=True)
    (one,) = kept.others("oda", "a" * 26, now=NOON + 90)
    assert (one.name, one.opened_at, one.typed_at) == ("Pia Planner", NOON, NOON + 60)
    assert set(one.__struct_fields__) == {"username", "name", "opened_at", "alive_at", "typed_at"}
    assert kept.others("pia", "a" * 26, now=NOON + 90) == ()
    assert kept.others("oda", "a" * 26, now=NOON + kept.OPEN_FOR + 61) == ()
    kept.closed("pia", "a" * 26)
    assert kept.others("oda", "a" * 26, now=NOON + 90) == ()


def test_marks_are_each_persons_own_and_go_once_all_is_read() -> None:
    user = User.objects.create_user("pia")
    seen.see("pia", ["element/XTV/a", "element/XTV/a", "accord/b/terms"], at=NOON)
    seen.see("pia", ["element/XTV/a"], at=NOON + 9)
    assert seen.marks("pia") == {"element/XTV/a": NOON + 9, "accord/b/terms": NOON}
    assert seen.marks("oda") == {}
    seen.see_all("pia", upto=NOON + 5)
    assert seen.marks("pia") == {"element/XTV/a": NOON + 9}
    seen.see_all("pia", upto=NOON)
    user.refresh_from_db()
    assert user.last_seen_at == NOON + 5, "never taken back"


def test_the_role_of_the_application_may_do_all_of_this() -> None:
    with as_app_role():
        kept.keep("pia", FORM, {"title": "One"}, at=NOON)
        kept.drop("pia", FORM)
        kept.opened("pia", "a" * 26, at=NOON)
        seen.see("pia", ["x"], at=NOON)
        digest.choose("pia", "weekly", 6, "pia@meridia.example", now=NOON)
        assert digest.claim(NOON) == ()
    assert SeenMark.objects.count() == 1


@pytest.mark.parametrize(
    ("every", "hour", "at", "period"),
    [
        ("daily", 6, "2026-11-22T05:59", "2026-11-21"),
        ("daily", 6, "2026-11-22T06:00", "2026-11-22"),
        ("weekly", 6, "2026-11-22T12:00", "2026-11-16"),
        ("weekly", 6, "2026-11-23T05:59", "2026-11-16"),
        ("weekly", 6, "2026-11-23T06:00", "2026-11-23"),
    ],
)
def test_a_period_begins_at_its_hour(every: str, hour: int, at: str, period: str) -> None:
    from datetime import UTC, datetime

    assert digest.period_of(every, hour, int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp())) == period
