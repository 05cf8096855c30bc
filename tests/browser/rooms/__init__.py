"""One module a room: `prepare(world)` adds what its pages show to the story, `pages(world)` lists its pages."""

import importlib
import pkgutil
from types import ModuleType

from tests.web.world import World


def prepare(world: World) -> World:
    """The world with what every room adds to it; only then have the rooms pages to list."""
    for room in rooms():
        room.prepare(world)
    world.prepared = True
    return world


def rooms() -> list[ModuleType]:
    """Every room's module, by name; those that narrow what may be released come last."""
    found = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return sorted(found, key=lambda room: getattr(room, "NARROWS", False))
