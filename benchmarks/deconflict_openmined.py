"""openmined-psi, the peer: a set intersection over P-256, one side of which learns which of its keys the other has.

It is no requirement of ours (it would pin other packages), so it is installed into a folder that is gone afterwards, unless it is there already.
"""

import importlib.util
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Final

VERSION: Final = "2.0.6"
_SCRIPT: Final = """
import sys, time
import private_set_intersection.python as psi
count = int(sys.argv[1])
ours, theirs = ([f"key {number + shift}" for number in range(count)] for shift in (0, count // 2))
begun = time.process_time()
client, server = psi.client.CreateWithNewKey(True), psi.server.CreateWithNewKey(True)
setup = server.CreateSetupMessage(1e-9, count, theirs, psi.DataStructure.RAW)
found = client.GetIntersection(setup, server.ProcessRequest(client.CreateRequest(ours)))
spent = time.process_time() - begun
assert len(found) == count - count // 2
print(spent)
"""


def cpu_s(count: int, times: int) -> float | str:
    """CPU seconds of both sides together, the best of so many runs; or why it could not be measured."""
    if importlib.util.find_spec("private_set_intersection") is not None:
        return _best(sys.executable, count, times)
    with tempfile.TemporaryDirectory(prefix="stafftalks-openmined-") as folder:
        python = str(Path(folder) / "bin" / "python")
        try:
            venv.create(folder, with_pip=True)
            command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*command, f"openmined-psi=={VERSION}"], check=True, timeout=180, stderr=subprocess.DEVNULL)
        except (subprocess.SubprocessError, OSError):
            return f"openmined-psi {VERSION} could not be installed here"
        return _best(python, count, times)


def _best(python: str, count: int, times: int) -> float | str:
    try:
        runs = [
            subprocess.run([python, "-c", _SCRIPT, str(count)], check=True, stdout=subprocess.PIPE, text=True)
            for _ in range(times)
        ]
    except subprocess.SubprocessError:
        return "openmined-psi does not run here"
    return min(float(run.stdout) for run in runs)
