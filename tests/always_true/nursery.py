"""Whole headquarters - real keys, tables, node and pages - each in a process that can live again and again from the same beginning.

A nursery sets Django up on one folder, once. `begin` forks a life, which is asked until it `end`s; whoever drives puts the folder back as it was
before each. Before any life begins the nursery itself can be asked, to make what all lives begin from; it starts no threads and keeps no connection.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Nursery:
    """The driver's end."""

    def __init__(self, folder: Path, party: str) -> None:
        hidden = ("DJANGO", "STAFFTALKS", "DATABASE_URL")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.always_true.nursery", str(folder), party],
            env={**environment, "PYTHONPATH": os.pathsep.join(("src", ".")), "PYTHONHASHSEED": "0"},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, does: str, *told: Any) -> Any:
        """What the headquarters answers; raises RuntimeError with the sentence where it could not."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([does, *told]).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the headquarters died when it was asked to {does}"
        sort, answer = json.loads(line)
        if sort == "error":
            raise RuntimeError(answer)
        return answer

    def begin(self, plant: str = "") -> None:
        self.ask("begin", plant)

    def end(self) -> None:
        self.ask("end")

    def close(self) -> None:
        """Ends the process, with the life that it may have."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(20)
        if self._process.stdout is not None:
            self._process.stdout.close()


def _serve(folder: Path, party: str) -> None:
    import logging

    from tests.always_true import whole

    logging.disable(logging.CRITICAL)  # lives are refused many things on purpose
    reading = os.fdopen(0, "rb", buffering=0)  # unbuffered: a line belongs to whoever lives when it is read
    house = whole.House(folder, party)
    while line := _line(reading):
        does, *told = json.loads(line)
        if does == "begin":
            house.rest()
            child = os.fork()
            if child:
                _pid, status = os.waitpid(child, 0)
                if status:
                    _say("error", f"This life ended by itself, with {status}.")
                continue
            if not _answer(house, "wake", told):
                os._exit(0)
        elif does == "end":
            house.sleep()
            _say("value", None)
            os._exit(0)
        else:
            _answer(house, does, told)
    house.sleep()
    os._exit(0)


def _answer(house: Any, does: str, told: list[Any]) -> bool:
    try:
        _say("value", getattr(house, does)(*told))
    except Exception as error:  # noqa: BLE001 - the driver is told, whatever it is
        import traceback

        _say("error", f"{type(error).__name__}: {error}\n{traceback.format_exc()}")
        return False
    return True


def _line(stream: Any) -> bytes:
    line = bytearray()
    while (piece := stream.read(1)) not in (b"", b"\n"):
        line += piece
    return bytes(line)


def _say(sort: str, answer: object) -> None:
    sys.stdout.buffer.write(json.dumps([sort, answer]).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), sys.argv[2])
