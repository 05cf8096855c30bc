"""Only the release desk makes what a record takes in."""

import ast
import copy
import dataclasses
from pathlib import Path

import pytest

from stafftalks.accord.bodies import Question
from stafftalks.release import released as room
from stafftalks.release.desk import admit_act
from stafftalks.release.released import Released
from stafftalks.values.errors import MisuseError
from tests.accord.cast import MERIDIA, TORVIA, Staff
from tests.release.people import HEAD

SOURCE = Path(__file__).parents[2] / "src" / "stafftalks"
FIELDS = {
    "type": "release",
    "body": b"{}",
    "audience": (TORVIA,),
    "realm": None,
    "summary": "",
    "decided_by": "ola",
    "requested_by": "pia",
}


def test_a_released_cannot_be_made_by_hand() -> None:
    with pytest.raises(MisuseError, match="release desk"):
        Released(**FIELDS)  # type: ignore[arg-type]
    with pytest.raises(MisuseError, match="release desk"):
        Released(**FIELDS, token=object())  # type: ignore[arg-type]


def test_a_released_cannot_be_changed_or_replaced_into_another() -> None:
    released = admit_act(Staff().accord(), MERIDIA, HEAD, Question("Which?"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        released.audience = ()  # type: ignore[misc]
    with pytest.raises((MisuseError, ValueError)):
        dataclasses.replace(released, audience=())
    assert copy.copy(released) == released


def test_a_released_to_nobody_cannot_be_made_even_inside_the_room() -> None:
    with pytest.raises(MisuseError, match="nobody"):
        Released(**{**FIELDS, "audience": ()}, token=room._TOKEN)  # type: ignore[arg-type]


def test_no_other_room_names_the_token() -> None:
    naming = {
        path.relative_to(SOURCE).parts[0]
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.alias) and node.name == "_TOKEN")
        or (isinstance(node, ast.Attribute) and node.attr == "_TOKEN")
    }
    assert naming == {"release"}
