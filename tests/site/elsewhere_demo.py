"""The `stafftalks` command with a shown demonstration on any free ports: `python elsewhere_demo.py demo --folder FOLDER`.

Two test runs on one machine would both want the well-known ones.
"""

from stafftalks.site import demo, main
from stafftalks.site.demo.stage import ANY_PORTS

vars(demo)["WELL_KNOWN"] = ANY_PORTS

main.run()
