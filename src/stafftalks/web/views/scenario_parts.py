"""The parts of a scenario as its room draws them: the text, each branch, each assumption, each with its small forms and what was said of it.

Every input's name is its form's name and the field: `edit.branches.2.title`, `suggest.branches.2.title`, `check.<element>.state`. So what was
typed into one form comes back into that form alone, and no two inputs of the page share an id.
"""

from collections.abc import Mapping, Sequence

import msgspec
from django.utils.translation import gettext as _

from stafftalks.planning import forms
from stafftalks.planning.compare import Change
from stafftalks.planning.fields import Choice, FieldSpec, describe
from stafftalks.services import scenarios
from stafftalks.services.scenario_talk import Said
from stafftalks.services.scenarios import Room, WatchedIndicator
from stafftalks.web.element_inputs import Input
from stafftalks.web.faults import Fault

TOP = "-"
"""What the choice of a branch to hang on sends for the top of the tree."""
MOST_SAID = 5
"""Up to so many remarks stand at a part that was not opened."""
INLINE = 40
"""Up to so many parts every form stands on the page; with more, one part is opened at a time."""
_TEXT = ("narrative", "area", "window.start", "window.end", "likelihood")
_BRANCH = ("title", "condition", "likelihood", "after", "sort")
_ASSUMPTION = ("text", "owner", "validate_by", "triggers")
_AREAS = frozenset({"longtext", "lines", "refs"})


class Trouble(msgspec.Struct, frozen=True):
    """A form that could not be kept: which, what was typed into it by input name, and what is wrong, at its field where it has one.

    `changes` are what somebody else saved meanwhile. `loose` is what was typed about a part that is gone, so that it is not lost.
    """

    form: str = ""
    typed: Mapping[str, str] = {}
    errors: Mapping[str, str] = {}
    faults: tuple[Fault, ...] = ()
    changes: tuple[Change, ...] | None = None
    loose: tuple[str, ...] = ()


class Part(msgspec.Struct, frozen=True):
    """One part: `key` is text, `branches.2` or `assumptions.0`; `said` what was said of it, `hidden` how much more was."""

    key: str
    said: tuple[Said, ...]
    edit: tuple[Input, ...] = ()
    add: tuple[Input, ...] = ()
    suggest: tuple[Input, ...] = ()
    comment: tuple[Input, ...] = ()
    trouble: str = ""
    hidden: int = 0

    @property
    def anchor(self) -> str:
        """The part's id on the page."""
        return self.key.replace(".", "-")

    @property
    def waiting(self) -> int:
        """How many suggestions on it are still to be dealt with."""
        return sum(one.state == "waiting" for one in self.said)


class Drawn(msgspec.Struct, frozen=True):
    """What the forms of a room are drawn from. `opened` is the part asked for where not all can stand open."""

    room: Room
    flat: Mapping[str, str]
    trouble: Trouble
    may_write: bool
    opened: str

    @property
    def inline(self) -> bool:
        """Whether every part brings its forms."""
        return len(self.room.scenario.branches) + len(self.room.scenario.assumptions) <= INLINE


def parts(drawn: Drawn, said: Sequence[Said]) -> dict[str, Part]:
    """Every part by key."""
    by_key: dict[str, list[Said]] = {}
    for one in said:
        by_key.setdefault(key_of(one.part), []).append(one)
    scenario = drawn.room.scenario
    keys = [
        "text",
        *(f"branches.{row}" for row in range(len(scenario.branches))),
        *(f"assumptions.{row}" for row in range(len(scenario.assumptions))),
    ]
    found: dict[str, Part] = {}
    for key in keys:
        part = _part(drawn, key, shown(by_key.get(key, ()), everything=drawn.opened == key))
        found[key] = msgspec.structs.replace(part, hidden=len(by_key.get(key, ())) - len(part.said))
    return found


def shown(said: Sequence[Said], *, everything: bool) -> tuple[Said, ...]:
    """What is shown of it: all, or what waits for an answer before the newest; oldest first."""
    if everything or len(said) <= MOST_SAID:
        return tuple(said)
    pressing = sorted(range(len(said)), key=lambda at: (said[at].state != "waiting", -at))[:MOST_SAID]
    return tuple(said[at] for at in sorted(pressing))


def key_of(path: str) -> str:
    """The part of the page that a field's path belongs to; empty where the path is."""
    if not path:
        return ""
    head, _dot, rest = path.partition(".")
    return f"{head}.{rest.partition('.')[0]}" if head in ("branches", "assumptions") and rest else "text"


def path_of(key: str, leaf: str) -> str:
    """The dotted path of a field of a part."""
    return leaf if key == "text" else f"{key}.{leaf}"


def leaves_of(key: str) -> tuple[str, ...]:
    """The fields of a part that can be changed, or a change of which can be suggested."""
    if key == "text":
        return _TEXT
    return _BRANCH if key.startswith("branches.") else _ASSUMPTION


def new_branch(drawn: Drawn, under: str) -> tuple[Input, ...]:
    """The form of a further branch, under the part `under`, or `top`."""
    form = f"new.{under}"
    spec = {field.name: field for field in _spec("branches").fields}
    return tuple(
        _input(drawn, f"{form}.{leaf}", spec[leaf], spec[leaf].default)
        for leaf in ("title", "condition", "likelihood", "sort")
    )


def new_assumption(drawn: Drawn) -> tuple[Input, ...]:
    """The form of a further assumption."""
    return tuple(
        _input(drawn, f"new.assumption.{leaf}", _field(drawn, f"assumptions.0.{leaf}"), "") for leaf in _ASSUMPTION
    )


def check(drawn: Drawn, one: WatchedIndicator) -> tuple[Input, ...]:
    """The form that records what was seen of an indicator just now."""
    spec = {field.name: field for field in describe("indicator").fields}
    form = f"check.{one.piece.element}"
    state = _input(drawn, f"{form}.state", spec["state"], str(one.content.state.value))
    at = _input(drawn, f"{form}.last_checked", spec["last_checked"], "")
    return msgspec.structs.replace(state, help=""), msgspec.structs.replace(at, label=_("When (empty: now)"), help="")


def _part(drawn: Drawn, key: str, said: tuple[Said, ...]) -> Part:
    trouble = drawn.trouble.form if drawn.trouble.form.partition(".")[2] == key else ""
    if not drawn.may_write or not (drawn.inline or drawn.opened == key or trouble or key == "text"):
        return Part(key, said, trouble=trouble)
    own = drawn.room.piece.own
    inputs = {
        sort: tuple(
            _input(
                drawn, f"{sort}.{key}.{leaf}", _field(drawn, path_of(key, leaf)), _present(drawn, path_of(key, leaf))
            )
            for leaf in leaves_of(key)
        )
        for sort in (("edit",) if own else ("suggest",))
    }
    if not own:
        rationale = next(field for field in describe("suggestion").fields if field.name == "rationale")
        inputs["suggest"] += (_input(drawn, f"suggest.{key}.rationale", rationale, ""),)
    add = new_branch(drawn, key) if own and key.startswith("branches.") else ()
    text = next(field for field in describe("comment").fields if field.name == "text")
    silent = own and not (drawn.room.piece.held and drawn.room.piece.same)
    comment = () if silent else (_input(drawn, f"comment.{key}.text", text, ""),)
    return Part(key, said, inputs.get("edit", ()), add, inputs.get("suggest", ()), comment, trouble)


def _present(drawn: Drawn, path: str) -> str:
    text = drawn.flat.get(path, "")
    return text or (TOP if path.endswith(".after") else "")


def _input(drawn: Drawn, name: str, field: FieldSpec, value: str) -> Input:
    trouble = drawn.trouble
    shape = "area" if field.widget in _AREAS else "choice" if field.choices and field.widget != "likelihood" else "line"
    return Input(
        name, field.label, field.help, shape, field.widget, field.required,
        trouble.typed.get(name, value), trouble.errors.get(name, ""), field.choices,
    )  # fmt: skip


def _field(drawn: Drawn, path: str) -> FieldSpec:
    """The field at `path`; that of a branch to hang on offers every branch but itself and those below it."""
    head, *rest = path.split(".")
    field = _spec(head)
    for step in rest:
        if not step.isdecimal():
            field = next(inner for inner in field.fields if inner.name == step)
    if field.name in ("after", "triggers"):
        choices = _branches(drawn.room, path)
        return msgspec.structs.replace(field, widget="choice", choices=choices)
    return field


def _spec(name: str) -> FieldSpec:
    return next(field for field in describe("scenario").fields if field.name == name)


def _branches(room: Room, path: str) -> tuple[Choice, ...]:
    named = [Choice(branch.id, f"{branch.id} {branch.title}") for branch in room.scenario.branches]
    if not path.endswith(".after"):
        return tuple(named)
    own = room.scenario.branches[int(path.split(".")[1])].id
    barred = scenarios.below(room.tree, own)
    return (Choice(TOP, _("At the top")), *(choice for choice in named if choice.value not in barred))


def flat_of(room: Room) -> dict[str, str]:
    """The scenario's texts by path."""
    return forms.flatten(room.scenario)
