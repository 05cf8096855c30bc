"""How long something lasts, as people estimate it: in hours or days, as one length or as the shortest, the likeliest and the longest."""

from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Final

from stafftalks.planning.text import Part, ask
from stafftalks.values.errors import WrongValueError
from stafftalks.values.quantity import Quantity, Unit

_HOURS: Final = {Unit.HOURS: 1, Unit.DAYS: 24}


class Duration(Part, frozen=True, kw_only=True):
    """An estimate of three points. The likeliest alone stands for all three; empty, nothing is said."""

    shortest: Annotated[Quantity | None, ask("Shortest", "When all goes well, as 1 d. Empty: as the likeliest.")] = None
    likeliest: Annotated[Quantity | None, ask("Likeliest", "As 36 h or 2 d.")] = None
    longest: Annotated[Quantity | None, ask("Longest", "When much goes wrong, as 4 d. Empty: as the likeliest.")] = None

    def __post_init__(self) -> None:
        points = {"shortest": self.shortest, "likeliest": self.likeliest, "longest": self.longest}
        given = {name: quantity for name, quantity in points.items() if quantity is not None}
        for name, quantity in given.items():
            hours = hours_of(quantity)
            if hours is None:
                raise WrongValueError(
                    f"The {name} duration, {quantity}, is no length of time: write hours or days, as 36 h or 2 d."
                )
            if hours < 0:
                raise WrongValueError(f"The {name} duration, {quantity}, is less than no time: leave out the minus.")
        if given and self.likeliest is None:
            raise WrongValueError(
                f"A {next(iter(given))} duration stands without a likeliest one: write the likeliest too."
            )
        told = [*given.values()]
        if any((hours_of(one) or 0) > (hours_of(other) or 0) for one, other in pairwise(told)):
            raise WrongValueError(
                f"{', '.join(map(str, told))} are not in order: give the shortest, the likeliest and the longest duration."
            )

    def hours(self) -> tuple[Fraction, Fraction, Fraction] | None:
        """The shortest, the likeliest and the longest in hours; None where nothing is said."""
        likeliest = None if self.likeliest is None else hours_of(self.likeliest)
        if likeliest is None:
            return None
        shortest, longest = (None if each is None else hours_of(each) for each in (self.shortest, self.longest))
        return (
            likeliest if shortest is None else shortest,
            likeliest,
            likeliest if longest is None else longest,
        )


def hours_of(quantity: Quantity) -> Fraction | None:
    """A length of time in hours; None where the unit is no unit of time."""
    per = _HOURS.get(quantity.unit)
    return None if per is None else Fraction(quantity.scaled * per, 10**quantity.decimals)
