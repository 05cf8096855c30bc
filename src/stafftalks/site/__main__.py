"""`python -m stafftalks.site`: the `stafftalks` command."""

from stafftalks.site.main import run

run()
