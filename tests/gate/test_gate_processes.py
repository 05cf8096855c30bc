"""Three processes: a headquarters that lets out more than it may, the gate it stands behind, and a partner. Driven as people would."""

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stafftalks.site.demo import new_password
from stafftalks.site.demo.lines import Asked, CardSeen, Logged, Made
from stafftalks.site.demo.stage import Stage, set_stage
from tests.gate.test_gate_judging import ELEMENT, release
from tests.node.house import free_place

pytestmark = pytest.mark.slow
BROKEN = str(Path(__file__).parent / "broken_actor.py")
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith(("STAFFTALKS_", "DJANGO_", "DATABASE_"))
}
MARKING = {"policy": "XMR", "classification": "RESTRICTED", "caveats": ["REL TO XMR, XTV"]}
LETTER = {
    "kind": "letter", "title": "Torvia", "partner": "XTV", "realms": ["all"], "kinds": ["all"], "contingencies": ["all"],
    "ceilings": [{"policy": "XMR", "classification": "RESTRICTED", "categories": ["all"]}], "methods": ["https", "file"],
    "detail": {"positions": "exact", "counts": "exact", "times": "exact"}, "deciders": ["all"], "valid_until": "2100-01-01",
}  # fmt: skip


def types(folder: Path, home: str, *words: str, fails: int = 0) -> dict[str, object]:
    """The document of a command typed in a process of its own."""
    command = [sys.executable, "-m", "stafftalks.site", "--home", home, "--as", "head", "--json", *words]
    done = subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == fails, done.stdout + done.stderr
    return json.loads(done.stdout)


@contextmanager
def gate_at_work(folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "stafftalks.site", "--home", "gate", "--json", "gate", "serve"]
    gate = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    try:
        assert gate.stdout is not None
        while gate.stdout.readline().rstrip() != "}":
            assert gate.poll() is None
        yield
        gate.send_signal(signal.SIGTERM)
        assert gate.wait(30) == 0
    finally:
        gate.kill()
        gate.wait()


def sends(stage: Stage, accord: str, title: str) -> Made:
    """Minutes, released by two persons."""
    content = {"kind": "minutes", "title": title, "series": "(R//REL TO XMR, XTV) Coasts", "marking": MARKING}
    made = stage.meridia.call(Made, "add", "planner", content=content)
    asked = stage.meridia.call(
        Asked, "request", "planner", accord=accord, element=made.element, realm="scenarios", to=["XTV"]
    )
    assert stage.meridia.call(Asked, "release", "officer", request=asked.id).entry
    return made


def test_the_gate_stops_what_a_broken_headquarters_lets_out_and_passes_the_rest(tmp_path: Path) -> None:
    actor = (BROKEN,)
    password = new_password()
    with set_stage(tmp_path, password, actor) as stage:
        stage.pair()
        stage.meridia.call(Made, "add", "head", content=LETTER)
        theirs = stage.torvia.call(CardSeen, "card")
        (tmp_path / "torvia.card").write_bytes(base64.b64decode(theirs.document))
    inner, hq_place = free_place(), free_place()
    set_up = types(
        tmp_path, "gate", "gate", "init", "--from", "meridia", "--inner-listen", inner, "--hq-listen", hq_place
    )
    assert "TLS key" in str(set_up["notes"])
    assert not (tmp_path / "meridia" / "keys" / "tls.key").exists()
    types(tmp_path, "gate", "gate", "card", "torvia.card", "--fingerprint", theirs.words)
    with gate_at_work(tmp_path), set_stage(tmp_path, password, actor) as stage:
        meridia = stage.meridia
        accord = meridia.call(
            str, "propose", "head", to=["XTV"], title="Storms", purpose="", realms=["scenarios"],
            clauses=[{"id": "scope", "heading": "Scope", "text": "Coasts.", "duty": "none"}], message="",
        )  # fmt: skip
        assert types(tmp_path, "meridia", "letter", "export", "-o", "first.toml")["letters"] == 1
        assert types(tmp_path, "gate", "gate", "rules", "first.toml")["partners"] == ["XTV"]
        assert meridia.call(list[str], "converse", to=["XTV"]) == []
        for side in (stage.torvia, meridia):
            side.call(object, "accept", "head", accord=accord, realms=["scenarios"])
        stage.settle(accord)
        passes = sends(stage, accord, "Strait closed")
        stage.settle(accord)
        meridia.call(object, "recall", "head", accord=accord, element=passes.element, reason="Out of date.")

        def confirmed() -> bool:
            seen = meridia.seen(accord)
            return seen is not None and any("confirmed removed" in found.holders.values() for found in seen.recalls)

        stage.until("Torvia confirms that it removed it", confirmed)
        secret = {"kind": "report", "title": "More than was agreed", "marking": {**MARKING, "classification": "SECRET"}}
        meridia.call(object, "forge", accord=accord, body=release(secret))
        (said,) = meridia.call(list[str], "converse", to=["XTV"])
        assert "The gate let nothing through to XTV" in said
        assert "[gate-ceiling]" in said
        logged = meridia.call(list[Logged], "log", outcome="refused")
        assert any(row.direction == "out" and "[gate-ceiling]" in row.sentence for row in logged)
        assert not stage.torvia.files_holding("More than was agreed")
        refused = types(tmp_path, "gate", "gate", "log", "--refused")
        assert any(ELEMENT in line["releases"] for line in refused["lines"])
        meridia.call(int, "export", to=["XTV"], accord=accord, file=str(tmp_path / "carried"))
        types(tmp_path, "gate", "gate", "pass", "carried", "out", fails=1)
        assert not (tmp_path / "out").exists()
    (status,) = types(tmp_path, "meridia", "exchange", "status")
    assert "[gate-ceiling]" in status["gate_refused"]
