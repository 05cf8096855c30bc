"""The `stafftalks` command."""

from stafftalks.cli import app
from stafftalks.site.local import LocalSite


def run() -> None:
    """Runs the command line of this process."""
    app.build(LocalSite())()
