"""The demonstration: two headquarters on this machine, each a process, a database and keys of its own."""

import secrets
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from mnemonic import Mnemonic

from stafftalks.cli.site_port import DemoLine
from stafftalks.planning.profiles import ProfileName
from stafftalks.site.demo import cast, mainjob, story
from stafftalks.site.demo.stage import WELL_KNOWN, Stage, is_taken, set_stage
from stafftalks.values.errors import MisuseError

Tell = Callable[[DemoLine], None]
_TELLING: Final[dict[ProfileName, str]] = {
    "military": "They exchange cards, and the story is told: three accords, a hundred elements ...",
    "civil": "They exchange cards, and the story is told: mutual aid in a flood and in wildfires ...",
}
_SIGN_IN: Final = "sign-in"
"""The file in a demonstration's folder that keeps its password; it is written when the story has been told to its end."""


def demo(folder: Path | None, *, headless: bool, tell: Tell, profile: ProfileName = "military") -> bool:
    """Whether the demonstration did what it should, in `folder` or a temporary one; see `cli.site_port.Site.demo`."""
    with _folder(folder) as place, _ended_alike():
        if headless:
            if is_taken(place):
                raise MisuseError(f"{place} holds headquarters already: the main job needs a folder of its own.")
            return mainjob.run(place, tell)
        with suppress(KeyboardInterrupt):
            _show(place, tell, profile)
        tell(DemoLine("Both headquarters are stopped."))
        return True


def _show(folder: Path, tell: Tell, profile: ProfileName) -> None:
    """Sets both headquarters up and tells the story where that was not done before, and serves them until interrupted."""
    kept = folder / _SIGN_IN
    new = not kept.exists()
    if new and is_taken(folder):
        raise MisuseError(
            f"{folder} holds a demonstration that was not set up to its end, or other headquarters: delete it, or give another folder."
        )
    password = new_password() if new else kept.read_text().strip()
    tell(DemoLine("Two headquarters start on this machine ..."))
    with set_stage(folder, password, players=cast.CASTS[profile], ports=WELL_KNOWN) as stage:
        if new:
            tell(DemoLine(_TELLING[profile]))
            stage.pair()
            player = story.Player(stage)
            for chapter in story.chapters(profile):
                player.play(chapter)
            kept.touch(mode=0o600)
            kept.write_text(password + "\n")
        for line in links(stage, password):
            tell(DemoLine(line))
        while True:
            signal.pause()


def links(stage: Stage, password: str) -> Iterator[str]:
    """What a person needs to sign in, a line each."""
    yield "This is a demonstration: people, states and plans are invented, and the password is printed. Use it for nothing else."
    for actor in stage.actors.values():
        yield ""
        yield f"{actor.player.name} ({actor.party}): {actor.ready.web}"
        yield f"  {'username':<9}{'role':<20}{'password':<25}who"
        for person in actor.player.people:
            yield f"  {person.username:<9}{', '.join(sorted(person.roles)):<20}{password:<25}{person.name}"
    yield ""
    yield "Stop with Ctrl-C."


def new_password() -> str:
    """Four short words, 40 bits, new for each demonstration: easy to type, and nobody else on this machine knows them."""
    short = [word for word in Mnemonic("english").wordlist if len(word) in (4, 5)]
    return "-".join(secrets.choice(short) for _ in range(4))


@contextmanager
def _folder(folder: Path | None) -> Iterator[Path]:
    """The folder given, absolute, or a temporary one that is deleted at the end."""
    if folder is not None:
        yield folder.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="stafftalks-demo-") as made:
        yield Path(made)


@contextmanager
def _ended_alike() -> Iterator[None]:
    """Ends on SIGTERM as on Ctrl-C, so that no child is left behind."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
