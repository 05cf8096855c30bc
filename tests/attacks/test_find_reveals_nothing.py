"""Finding tells our people nothing that is not theirs to read: not by results, counts, titles, snippets or bytes left in the database."""

from pathlib import Path

import msgspec
import pytest
from django.db import connection

from stafftalks.services import cataloguing, elements, find, recalls
from stafftalks.services.catalogue import OWN, RULES, ReleasedEntry, describe
from stafftalks.services.find import Question
from stafftalks.services.ports import Headquarters
from stafftalks.store.ports import StorePorts, django_ports
from tests.fakes import OFFICER, PLANNER, FakeClock, make_hq, pair
from tests.services.scenes import accepted, released, revised, settle
from tests.web.world import content

SECRET = "quetzalcoatl"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meridia() -> Headquarters:
    """Meridia over the real store; keys, clock and sealing in memory."""
    ports = django_ports()
    names = StorePorts.__struct_fields__
    return msgspec.structs.replace(make_hq("XMR"), **{name: getattr(ports, name) for name in names})


def others(meridia: Headquarters, *parties: str) -> list[Headquarters]:
    assert isinstance(meridia.clock, FakeClock)
    found = [make_hq(party, clock=meridia.clock) for party in parties]
    pair(meridia, *found)
    return found


def everything_told(hq: Headquarters) -> str:
    """All that finding ever says about the secret, as one text; the question's own words left out."""
    found = find.search(hq, Question(SECRET))
    told: list[object] = [found.results, found.facets, found.scenarios, find.search(hq, Question()).results]
    told += [find.titles(hq, part) for part in (SECRET, SECRET[:4], SECRET[3:9])]
    told.append(find.own_window(hq, kind="", contingency="", text=SECRET, archived=False, offset=0))
    return repr(told)


def file_bytes() -> bytes:
    """Every byte that SQLite keeps of the database, the log beside it too."""
    path = Path(connection.settings_dict["NAME"])
    return b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))


def counted(hq: Headquarters) -> dict[str, dict[str, int]]:
    facets = find.search(hq, Question()).facets
    return {facet.name: {value.value: value.count for value in facet.values} for facet in facets}


def test_what_a_partner_released_to_others_only_is_nowhere(meridia: Headquarters) -> None:
    torvia, partial = others(meridia, "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    before = counted(meridia)
    released(torvia, accord, partial, said=f"The {SECRET} leaves at dawn.")
    settle(meridia, torvia, partial)
    assert SECRET not in everything_told(meridia)
    assert find.search(meridia, Question(SECRET)).total == 0
    assert counted(meridia) == before
    assert SECRET in everything_told(partial)


def test_what_other_headquarters_keep_at_home_is_nowhere(meridia: Headquarters) -> None:
    (torvia,) = others(meridia, "XTV")
    accepted(meridia, torvia)
    elements.add(torvia, PLANNER, content("report", title=SECRET, said=SECRET))
    settle(meridia, torvia)
    assert SECRET not in everything_told(meridia)


@pytest.mark.parametrize("honoured", [False, True])
def test_what_was_recalled_is_gone_from_results_counts_titles_and_snippets_at_once(
    meridia: Headquarters, honoured: bool
) -> None:
    (torvia,) = others(meridia, "XTV")
    accord = accepted(meridia, torvia)
    before = counted(meridia)
    element = released(torvia, accord, meridia, said=f"The {SECRET} leaves at dawn.")
    settle(meridia, torvia)
    assert SECRET in everything_told(meridia)
    assert find.search(meridia, Question(SECRET)).total == 1
    recalls.recall(torvia, OFFICER, accord, element, "Sent in error.")
    settle(meridia, torvia)
    if honoured:
        assert recalls.honour_recalls(meridia) == 1
    assert SECRET not in everything_told(meridia)
    assert find.search(meridia, Question(SECRET)).total == 0
    assert counted(meridia) == before
    if not honoured:
        return
    settle(meridia, torvia)
    if connection.vendor == "sqlite":
        assert SECRET.encode() not in file_bytes().lower()


def test_no_version_of_a_recalled_element_leaves_its_words_in_the_database(meridia: Headquarters) -> None:
    """The words of a version that was replaced before the recall wait in FTS5's segments until they are merged."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL overwrites cleared words when it vacuums the table; see docs/spec/store.md.")
    (torvia,) = others(meridia, "XTV")
    accord = accepted(meridia, torvia)
    element = released(torvia, accord, meridia, said=f"The {SECRET} leaves at dawn.")
    kept = released(torvia, accord, meridia, said="The hummingbird stays.")
    settle(meridia, torvia)
    cataloguing.follow(meridia)
    assert SECRET.encode() in file_bytes().lower()
    revised(torvia, accord, element, meridia, said="It left.")
    settle(meridia, torvia)
    cataloguing.follow(meridia)
    recalls.recall(torvia, OFFICER, accord, element)
    settle(meridia, torvia)
    cataloguing.follow(meridia)
    recalls.honour_recalls(meridia)
    assert SECRET.encode() not in file_bytes().lower()
    assert [result.piece.element for result in find.search(meridia, Question("hummingbird")).results] == [kept]


def test_even_a_catalogue_that_was_left_behind_shows_no_text_that_does_not_stand(meridia: Headquarters) -> None:
    """Snippets and titles of results come from what stands released, never from the catalogue."""
    (torvia,) = others(meridia, "XTV")
    accord = accepted(meridia, torvia)
    element = released(torvia, accord, meridia, said="The heron stays.")
    settle(meridia, torvia)
    cataloguing.follow(meridia)
    row = elements.add(torvia, PLANNER, content("report", title=SECRET, said=SECRET))
    stale = [
        ReleasedEntry(accord, torvia.party, one, row.version, "intelligence", 1, "e" * 26, 7, False, describe(row.raw))
        for one in (row.id, element)
    ]
    mark = meridia.catalogue.marks()[accord]
    assert meridia.catalogue.renew(accord, mark, mark, (), stale)
    results = find.search(meridia, Question(SECRET)).results
    assert SECRET not in repr(results)
    assert {result.piece.element for result in results} <= {element}


def test_a_texts_arrival_late_and_its_going_are_both_followed(meridia: Headquarters) -> None:
    torvia, partial = others(meridia, "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    released(torvia, accord, partial, said=f"The {SECRET} leaves.")
    settle(meridia, torvia, partial)
    cataloguing.follow(meridia)
    feed = next(row.feed for row in meridia.records.feeds(accord) if row.feed.party == torvia.party)
    n = max(entry.n for entry in meridia.records.entries(feed, 0, 99) if entry.slip is None)
    slip = next(entry.slip for entry in partial.records.entries(feed, n, n + 1))
    assert slip is not None
    with meridia.transactions.atomic():
        meridia.records.add_slip(feed, n, slip, [meridia.party])
    assert find.search(meridia, Question(SECRET)).total == 1
    with meridia.transactions.atomic():
        meridia.records.clear_slips(feed, [n])
    assert SECRET not in everything_told(meridia)


def test_own_and_released_elements_share_no_table(meridia: Headquarters) -> None:
    (torvia,) = others(meridia, "XTV")
    accord = accepted(meridia, torvia)
    elements.add(meridia, PLANNER, content("report", title="Home", said=f"The {SECRET} is ours."))
    released(torvia, accord, meridia, said="Told.")
    settle(meridia, torvia)
    cataloguing.follow(meridia)
    assert meridia.catalogue.marks()[OWN] == RULES
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM store_releasedlisted WHERE party = 'XMR'")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT COUNT(*) FROM store_ownlisted")
        assert cursor.fetchone()[0] == 2  # the report, and the letter
