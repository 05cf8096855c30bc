"""What goes over the pipe between the stage and an actor is read as what it must be."""

import pytest

from stafftalks.site.demo import new_password
from stafftalks.site.demo.lines import Args
from stafftalks.values.errors import MisuseError


def test_arguments_are_read_as_what_they_must_be() -> None:
    args = Args({"accord": 3, "realms": ["intelligence"]})
    assert args.texts("realms") == ("intelligence",)
    assert args.texts("to") == ()
    assert args.text("statement", "none") == "none"
    with pytest.raises(MisuseError, match="'accord' cannot be read"):
        args.text("accord")
    with pytest.raises(MisuseError, match="lacks 'title'"):
        args.text("title")


def test_every_demonstration_has_a_password_of_its_own_that_the_rules_take() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= 12
