"""Setting up a headquarters: folder, keys, tables and the first person; all or nothing as far as the disk allows."""

import shutil
import time
from pathlib import Path

from django.core.management import call_command

from stafftalks.cli.site_port import Founding
from stafftalks.links.keys import create_keys
from stafftalks.site import wiring
from stafftalks.site.home import Config, Home
from stafftalks.values.errors import MisuseError
from stafftalks.values.person import Person, Role


def found(folder: Path, founding: Founding) -> tuple[str, ...]:
    """Sets up a headquarters in `folder` and opens it; returns what the person must know now.

    Raises MisuseError where one is there already, or something asked for cannot be: then nothing is left behind.
    """
    home = Home(folder)
    if home.exists:
        raise MisuseError(f"A headquarters is set up in {home.folder} already: choose another folder, or use that one.")
    if home.folder.exists() and any(home.folder.iterdir()):
        raise MisuseError(f"{home.folder} is not empty: a headquarters needs a folder of its own.")
    new = not home.folder.exists()
    try:
        home.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        create_keys(home.keys, founding.party, founding.name, founding.addresses, int(time.time()))
        home.write_config(_config(founding))
        migrate(home)
        _first_person(founding)
    except BaseException:
        shutil.rmtree(home.folder, ignore_errors=True)
        if not new:
            home.folder.mkdir(mode=0o700)
        raise
    return (
        f"The party's root key is in {home.keys / 'root.key'} and its successor in {home.keys / 'next-root.key'}: copy both to a medium kept in a safe "
        "and delete them here. They are needed only to renew the card.",
        "Read your card's fingerprint to your partner over the telephone or in person; never send it with the card.",
    )


def migrate(home: Home) -> tuple[str, ...]:
    """Brings the tables up to this version, on PostgreSQL those of shared jobs too, and opens the headquarters; returns what the person must know."""
    wiring.set_up_django(home)
    call_command("migrate", interactive=False, verbosity=0)
    from stafftalks.store import job_tables

    notes = job_tables.apply()
    wiring.open_home(home.folder)
    return notes


def _config(founding: Founding) -> Config:
    host, _, port = founding.web_listen.rpartition(":")
    hosts = dict.fromkeys((host.strip("[]"), "127.0.0.1", "localhost"))
    origins = tuple(f"http://{name}:{port}" for name in hosts)
    return Config(
        party=founding.party,
        name=founding.name,
        web_listen=founding.web_listen,
        web_hosts=tuple(hosts),
        web_origins=origins,
        node_listen=founding.node_listen,
        node_addresses=founding.addresses,
        profile=founding.profile,
        default_marking=founding.default_marking,
    )


def _first_person(founding: Founding) -> None:
    from stafftalks.store import people

    roles = founding.roles | {Role.ADMINISTRATOR}
    people.add(
        Person(founding.username, founding.person_name, frozenset(roles)), founding.password, by=founding.username
    )
