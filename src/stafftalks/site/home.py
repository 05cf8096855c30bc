"""The headquarters' folder: its configuration, secret and where keys and tables lie.

stafftalks.toml      who we are, what we listen on, policy
secret               Django's secret key (0600)
keys/                party keys and feed keys (0700); `keys/feeds` is never part of a backup
stafftalks.sqlite3   the tables, unless DATABASE_URL names a PostgreSQL server
"""

import secrets
import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from stafftalks.planning.profiles import ProfileName
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Marking


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`stafftalks.toml`. `node_addresses` are the https URLs at which partners reach us; none where all goes by hand.

    `default_marking` is what new elements are marked where nobody says otherwise: policy, classification and caveats, as
    ["XMR", "RESTRICTED", "REL TO XMR, XTV"]; empty, they begin unmarked and nothing of them can be released until somebody marks them.
    `smtp_…` say by which server mail goes that counts what waits for people; without a host none goes. `digest_titles` lets such mail name
    elements and accords; `digest_address` is the address of the pages that it leads to, where it is not among `web_origins`.

    `audit_target` is where each line of the logs is sent as it comes (`tls://host:port`, `tcp://…`, `udp://…`), empty for nowhere; `audit_ca_file` the
    certificates, taken from the headquarters' folder, that may vouch for it, empty for the system's; `audit_host` what this machine is called there.

    `points_kept_days` is how long after its end the points of a private check are kept for the auditor who was agreed.

    `sweeps_on` is what reckons sweeps: `pool`, the cores of this machine; `jobs`, every worker that shares our PostgreSQL database; `dask`, the cluster
    whose scheduler `dask_scheduler` names, as `tls://host:8786`.

    `gate` is where our own gate's inner door is, and `gate_listen` where the gate comes to us; without a gate we speak to partners ourselves.
    """

    party: PartyId = PartyId("")
    name: str = ""
    web_listen: str = "127.0.0.1:8000"
    web_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    web_origins: tuple[str, ...] = ()
    web_secure: bool = False
    node_listen: str = "127.0.0.1:8443"
    node_addresses: tuple[str, ...] = ()
    gate: str = ""
    gate_listen: str = "127.0.0.1:8445"
    honour_recalls: Literal["at once", "ask"] = "at once"
    recalled_keeps: str = ""
    poll_seconds: int = 60
    profile: ProfileName = "military"
    default_marking: tuple[str, ...] = ()
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password_file: str = ""
    smtp_from: str = ""
    points_kept_days: int = 90
    digest_titles: bool = False
    digest_address: str = ""
    audit_target: str = ""
    audit_ca_file: str = ""
    audit_host: str = ""
    sweeps_on: Literal["pool", "jobs", "dask"] = "pool"
    dask_scheduler: str = ""

    @property
    def marking(self) -> Marking:
        """`default_marking` as a marking; raises MisuseError where it lacks its classification."""
        if not self.default_marking:
            return Marking()
        policy, *said = self.default_marking
        if not policy.strip() or not said or not said[0].strip():
            raise MisuseError(
                'default_marking in stafftalks.toml names a policy and then a classification, as ["XMR", "RESTRICTED"]: write both, or neither.'
            )
        return Marking(policy, said[0], tuple(said[1:]))

    @property
    def pages(self) -> str:
        """The address of people's pages as they reach them, without a slash at the end."""
        named = self.digest_address or next((origin for origin in self.web_origins if origin.startswith("http")), "")
        return (named or f"{'https' if self.web_secure else 'http'}://{self.web_listen}").rstrip("/")

    def cookie_name(self, what: str) -> str:
        """A cookie name of this party's own: two headquarters on one host must not sign each other's people out."""
        return f"stafftalks_{self.party.lower()}_{what}" if self.party else f"stafftalks_{what}"


class Home:
    """Paths in the headquarters' folder, and what is read from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.config_file = self.folder / "stafftalks.toml"
        self.keys = self.folder / "keys"
        self.gate_keys = self.keys / "gate"
        self.database = self.folder / "stafftalks.sqlite3"
        self._secret_file = self.folder / "secret"

    @property
    def exists(self) -> bool:
        """Whether a headquarters was set up here."""
        return self.config_file.is_file()

    def config(self) -> Config:
        """The configuration; defaults where no headquarters is here yet. Raises MisuseError where the file cannot be read."""
        if not self.exists:
            return Config()
        try:
            return msgspec.convert(tomllib.loads(self.config_file.read_text()), Config)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise MisuseError(
                f"{self.config_file} cannot be read: {error}. Mend that line, or restore the file."
            ) from error

    def write_config(self, config: Config) -> None:
        """Writes the configuration, creating the folder (0700) where needed."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lines = ["# One headquarters. Changes take effect at the next `stafftalks serve`."]
        lines += [f"{name} = {_toml(value)}" for name, value in msgspec.structs.asdict(config).items()]
        self.config_file.write_text("\n".join(lines) + "\n")

    def smtp_password(self) -> str:
        """The password for the mail server, from the file that the configuration names, taken from this folder; empty where none is named.

        Raises MisuseError where the file cannot be read.
        """
        name = self.config().smtp_password_file
        if not name:
            return ""
        try:
            return (self.folder / name).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise MisuseError(
                f"smtp_password_file in {self.config_file} cannot be read: {error}. Name a file that holds the password alone."
            ) from error

    def secret(self) -> str:
        """This installation's secret for sessions and forms, made once; a throw-away one where no headquarters is here."""
        if not self.exists:
            return secrets.token_urlsafe(48)
        if not self._secret_file.exists():
            self._secret_file.touch(mode=0o600)
            self._secret_file.write_text(secrets.token_urlsafe(48))
        return self._secret_file.read_text()


def _toml(value: object) -> str:
    """A TOML value: JSON's spelling serves for text, integers, booleans and lists of them."""
    return msgspec.json.encode(value).decode()
