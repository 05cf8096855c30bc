"""The shortcuts there are, one list for the page that names them, the script that acts on them and the person who switches them off."""

import msgspec
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Shortcut(msgspec.Struct, frozen=True):
    """One shortcut: its name in a person's choices and in the script, the keys as people read them, what it does (a message)."""

    name: str
    keys: tuple[str, ...]
    does: str
    then: str = ""


SHORTCUTS = (
    Shortcut("palette", ("Ctrl", "K"), gettext_noop("Go to any room, find any element, act on this page")),
    Shortcut("find", ("/",), gettext_noop("The same, by one key")),
    Shortcut("list", ("?",), gettext_noop("Show this list")),
    Shortcut("go", ("g",), gettext_noop("Go to a room: the letters below"), gettext_noop("a letter")),
    Shortcut("walk", ("j", "k"), gettext_noop("The next and the one before, in a list")),
    Shortcut("choose", ("x",), gettext_noop("Choose the line you are on, or leave it out, at the release desk")),
    Shortcut(
        "decide",
        ("a", "b", "r"),
        gettext_noop("At the release desk, go to: let it go, hand back with a question, refuse"),
    ),
    Shortcut("edit", ("e",), gettext_noop("Edit what the page shows")),
    Shortcut("save", ("s",), gettext_noop("Save, where a form has been filled in and you are not typing")),
)
"""Every shortcut. One key alone acts only where nobody types, and each can be switched off (WCAG 2.2, 2.1.4)."""
NAMES = frozenset(shortcut.name for shortcut in SHORTCUTS)
APPLE = _("On an Apple keyboard, Command takes the place of Ctrl.")
