"""What the port of elements written from analyses promises, held against fake and database alike."""

import pytest

from stafftalks.services.ports import Headquarters
from stafftalks.services.run_rows import RunId
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId
from tests.store.rows import written_row


def test_what_an_element_was_written_from_is_kept_once(store: Headquarters) -> None:
    assert store.written.of(ElementId("a" * 26)) is None
    assert store.written.from_run(RunId("r" * 26)) == ()
    for row in (written_row("a"), written_row("b", run="s"), written_row("c")):
        store.written.put(row)
    assert store.written.of(ElementId("a" * 26)) == written_row("a")
    assert store.written.from_run(RunId("r" * 26)) == (written_row("a"), written_row("c"))
    known = [ElementId(letter * 26) for letter in "adc"]
    assert store.written.among(known) == {ElementId("a" * 26): written_row("a"), ElementId("c" * 26): written_row("c")}
    assert store.written.among([]) == {}
    with pytest.raises(MisuseError, match="before"):
        store.written.put(written_row("a", run="s"))
    assert store.written.of(ElementId("a" * 26)) == written_row("a")
