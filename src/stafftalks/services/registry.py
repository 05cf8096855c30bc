"""Which headquarters this process serves: set once by `site` at start, read by web, node and cli.

A process serves one headquarters. Tests set their own.
"""

from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError

_CURRENT: list[Headquarters] = []


def install(hq: Headquarters) -> None:
    """Makes `hq` the headquarters of this process, in place of any before."""
    _CURRENT[:] = [hq]


def installed() -> bool:
    """Whether this process serves a headquarters."""
    return bool(_CURRENT)


def current() -> Headquarters:
    """The headquarters of this process; raises MisuseError before one is installed."""
    if not _CURRENT:
        raise MisuseError("No headquarters is open in this process: run `stafftalks init`, or set STAFFTALKS_HOME.")
    return _CURRENT[0]
