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
    """Every room's module, by name."""
    return [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
