"""What the store of tables under way promises, held against fake and database alike."""

from collections.abc import Iterator

import msgspec
import pytest

from stafftalks.services.table_rows import Fault, Line, Matching, Part, TableRow, TableStore
from stafftalks.store.tables import DjangoTables
from stafftalks.values.ids import PartyId
from tests.fake_tables import FakeTables
from tests.fakes import make_hq
from tests.store.conftest import as_app_role


@pytest.fixture(params=["memory", pytest.param("database", marks=pytest.mark.django_db(transaction=True))])
def tables(request: pytest.FixtureRequest) -> Iterator[TableStore]:
    if request.param == "memory":
        yield FakeTables(make_hq("XMR"))
    else:
        with as_app_role():
            yield DjangoTables()


def row(name: str, **changes: object) -> TableRow:
    fields = {
        "id": name.ljust(26, "a"), "owner": "pia", "party": PartyId("XMR"), "kind": "activity", "name": name, "at": 10,
        "state": "reading", "seed": "s" * 26,
    }  # fmt: skip
    return TableRow(**(fields | changes))


def test_a_table_is_kept_with_what_was_sent_until_it_is_read(tables: TableStore) -> None:
    one = row("one")
    tables.add(one, b"\x00bytes\xff")
    assert tables.table(one.id) == one
    assert tables.source(one.id) == b"\x00bytes\xff"
    read = msgspec.structs.replace(one, state="matching", columns=("Größe", "b"), matching={1: "what"}, notes=("said",))
    tables.put(read)
    tables.clear_source(one.id)
    assert (tables.table(one.id), tables.source(one.id)) == (read, b"")
    assert tables.table("x" * 26) is None


def test_a_persons_tables_come_newest_first_and_work_oldest_first(tables: TableStore) -> None:
    for name, at, state, owner in (("b", 10, "reading", "pia"), ("c", 30, "done", "pia"), ("d", 20, "bringing", "oda")):
        tables.add(row(name, at=at, state=state, owner=owner), b"")
    assert [found.name for found in tables.of("pia")] == ["c", "b"]
    assert [found[0] for found in tables.running()] == ["b", "d"]


def test_parts_are_replaced_counted_and_dropped(tables: TableStore) -> None:
    one = row("one")
    tables.add(one, b"")
    lines = (
        Line(2, ("a",), faults=(Fault(0, "no"),)),
        Line(3, ("b",), known="k" * 26),
        Line(4, ("c",), outcome="left"),
    )
    tables.put_part(one.id, Part(1, (Line(9, ("z",)),)))
    tables.put_part(one.id, Part(0, lines[:1]))
    tables.put_part(one.id, Part(0, lines))
    assert tables.tally(one.id) == ((0, 1, 1, 1), (1, 0, 0, 0))
    assert tables.part(one.id, 0) == Part(0, lines)
    assert tables.part(one.id, 7) is None
    assert [part.number for part in tables.parts(one.id, [1, 0, 5])] == [0, 1]
    tables.drop_parts(one.id)
    assert tables.tally(one.id) == ()


def test_a_table_that_is_removed_takes_its_parts_along(tables: TableStore) -> None:
    one, other = row("one"), row("two")
    for table in (one, other):
        tables.add(table, b"x")
        tables.put_part(table.id, Part(0, (Line(1, ("a",)),)))
    tables.remove(one.id)
    assert tables.table(one.id) is None
    assert tables.tally(one.id) == ()
    assert tables.tally(other.id) == ((0, 0, 0, 0),)
    tables.put(one)
    assert tables.table(one.id) is None, "what was removed is not brought back by a worker that comes late"


def test_a_failed_transaction_changes_nothing(tables: TableStore) -> None:
    one = row("one")
    tables.add(one, b"")

    def fail() -> None:
        with tables.atomic():
            assert tables.table(one.id, lock=True) == one
            tables.put(msgspec.structs.replace(one, state="done"))
            tables.put_part(one.id, Part(0, ()))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert tables.table(one.id) == one
    assert tables.tally(one.id) == ()


def test_a_matching_is_kept_once_under_its_name(tables: TableStore) -> None:
    for kind, name, path in (
        ("activity", "b", "what"),
        ("activity", "a", "what"),
        ("force", "a", "title"),
        ("activity", "b", "title"),
    ):
        tables.put_matching(Matching(kind, name, {"größe": path}, "pia", 10))
    assert [(found.name, found.columns) for found in tables.matchings("activity")] == [
        ("a", {"größe": "what"}),
        ("b", {"größe": "title"}),
    ]


@pytest.mark.django_db
def test_many_elements_are_added_at_once_or_none(database: object) -> None:
    from tests.store.rows import element_row

    rows = [element_row(f"e{n}") for n in range(1_200)]
    database.holdings.add_all(rows)
    assert database.holdings.find()[0] == 1_200
    assert database.holdings.versions(rows[7].id)[0].raw == rows[7].raw
    assert database.holdings.find(text="text of e77")[0] >= 1
    from stafftalks.values.errors import MisuseError

    with pytest.raises(MisuseError):
        database.holdings.add_all([element_row("new"), rows[0]])
    assert database.holdings.element(element_row("new").id) is None
