"""The demonstration: two headquarters on this machine, each a process, a database and keys of its own."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from stafftalks.cli.site_port import DemoLine
from stafftalks.site.demo import mainjob


def demo(folder: Path | None, *, headless: bool, tell: Callable[[DemoLine], None]) -> bool:
    """Whether the demonstration did what it should, in `folder` or a temporary one."""
    with tempfile.TemporaryDirectory(prefix="stafftalks-demo-") as made:
        return mainjob.run(folder or Path(made), tell)
