"""Puts one headquarters together: its folder, the store's ports and the links', for everything else in this process to use."""

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.apps import apps
from django.db import close_old_connections, connections

from stafftalks.links.clock import SystemClock
from stafftalks.links.entropy import SystemEntropy
from stafftalks.links.gateseal import GatedSealer, read_gate_card
from stafftalks.links.keyring import FileKeyring
from stafftalks.links.keys import HPKE, TLS, read_hpke_key
from stafftalks.links.sealing import HpkeSealer
from stafftalks.record.tree import Frontier
from stafftalks.services import registry
from stafftalks.services.ports import Headquarters, Policy, Records, Sealer
from stafftalks.site.home import Home
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import FeedId

if TYPE_CHECKING:
    from stafftalks.links.carrier import HttpsCarrier
    from stafftalks.links.gateway import GateCarrier

MAX_PLAINTEXT_BYTES = 32 * 1024 * 1024
MAX_SEALED_BYTES = MAX_PLAINTEXT_BYTES + 1024 * 1024


def open_home(folder: Path) -> Headquarters:
    """The headquarters in `folder`, made this process's own. A process opens one headquarters in its life.

    Raises MisuseError where none is there, or another one is open.
    """
    home = Home(folder)
    if not home.exists:
        raise MisuseError(f"No headquarters is set up in {home.folder}: run `stafftalks --home {home.folder} init`.")
    set_up_django(home)
    hq = headquarters(home)
    registry.install(hq)
    return hq


def set_up_django(home: Home) -> None:
    """Points Django at this folder, once a process."""
    wanted = str(home.folder)
    if apps.ready:
        if os.environ.get("STAFFTALKS_HOME") != wanted:
            raise MisuseError("This process has another headquarters open already: use a process of its own for each.")
        return
    os.environ["STAFFTALKS_HOME"] = wanted
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stafftalks.site.settings")
    django.setup(set_prefix=False)


def headquarters(home: Home) -> Headquarters:
    """The headquarters in this folder, over the database that Django is set up for."""
    from stafftalks.store.ports import django_ports

    config = home.config()
    store = django_ports()
    sealer = HpkeSealer(lambda: read_hpke_key(home.keys / HPKE), max_bytes=MAX_PLAINTEXT_BYTES)
    return Headquarters(
        party=config.party,
        clock=SystemClock(),
        entropy=SystemEntropy(),
        keyring=FileKeyring(home.keys),
        sealer=_gated(home, sealer, store.records) if config.gate else sealer,
        transactions=store.transactions,
        records=store.records,
        holdings=store.holdings,
        desk=store.desk,
        partners=store.partners,
        log=store.log,
        journal=store.journal,
        catalogue=store.catalogue,
        labels=store.labels,
        readers=store.readers,
        acceptances=store.acceptances,
        checks=store.checks,
        runs=store.runs,
        written=store.written,
        folding=threading.RLock(),
        policy=Policy(
            honour_recalls=config.honour_recalls,
            recalled_keeps=config.recalled_keeps,
            poll_seconds=config.poll_seconds,
            profile=config.profile,
            gate=config.gate,
            default_marking=config.marking,
            points_kept_days=config.points_kept_days,
        ),
    )


def carrier(home: Home) -> "HttpsCarrier | GateCarrier":
    """The wire to partners' nodes, or to our own gate. Its library takes a third of a second to import, which most commands do not need."""
    from stafftalks.links.carrier import HttpsCarrier
    from stafftalks.links.gateway import GateCarrier

    config = home.config()
    if config.gate:
        return GateCarrier(config.gate, home.gate_keys, max_answer_bytes=MAX_SEALED_BYTES)
    return HttpsCarrier(home.keys / TLS, max_answer_bytes=MAX_SEALED_BYTES)


def _gated(home: Home, own: HpkeSealer, records: Records) -> Sealer:
    def frontier(feed: FeedId, size: int) -> bytes:
        return Frontier.empty().extend(records.leaf_hashes(feed, 0, size)).encode()

    return GatedSealer(own, lambda: read_gate_card(home.gate_keys)[0], frontier)


def let_go() -> None:
    """Gives back what this thread holds of the database, between pieces of work."""
    if os.environ.get("DATABASE_URL"):
        close_old_connections()
    else:
        connections.close_all()
