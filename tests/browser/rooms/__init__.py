"""One module a room: `prepare(world)` adds what its pages show to the story, `pages(world)` lists its pages."""

import importlib
import pkgutil
from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every room's module, by name."""
    return [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
