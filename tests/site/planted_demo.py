"""The `stafftalks` command with a demonstration whose actors carry one planted fault: `python planted_demo.py FAULT demo --headless`."""

import sys
from collections.abc import Callable
from pathlib import Path

from stafftalks.cli import app
from stafftalks.cli.site_port import DemoLine
from stafftalks.site.demo import mainjob
from stafftalks.site.local import LocalSite

FAULT = sys.argv.pop(1)


class PlantedSite(LocalSite):
    def demo(
        self, folder: Path | None, *, headless: bool, tell: Callable[[DemoLine], None], profile: str = "military"
    ) -> bool:
        assert folder
        return mainjob.run(folder, tell, (str(Path(__file__).with_name("planted_actor.py")), FAULT))


app.build(PlantedSite())()
