"""How strong forces are: what they have, what they should have, and what is short, in words that keep the two apart.

What a force does not state is never counted as nought: a total says how many forces stated it. A surplus of one force fills no
shortfall of another, since nothing here moves equipment between forces.
"""

from collections.abc import Iterable

import msgspec

from stafftalks.planning.forces import Force, Holding


class ItemTotal(msgspec.Struct, frozen=True):
    """One item over several forces. `required` sums those `requiring` forces that state it; `short` is what they lack, each by itself."""

    item: str
    on_hand: int
    holding: int
    required: int
    requiring: int
    short: int


def shortfall(holding: Holding) -> int | None:
    """How many are lacking; 0 where none, None where it is not said how many there should be."""
    return None if holding.required is None else max(0, holding.required - holding.on_hand)


def totals(forces: Iterable[Force]) -> tuple[ItemTotal, ...]:
    """One line an item, by name; items are one where their names differ only by case or white space.

    An item listed twice by one force counts as one force that states it.
    """
    found: dict[str, list[tuple[int, Holding]]] = {}
    for at, force in enumerate(forces):
        for holding in force.holdings:
            found.setdefault(" ".join(holding.item.split()).casefold(), []).append((at, holding))
    return tuple(_total(lines) for _, lines in sorted(found.items()))


def _total(lines: list[tuple[int, Holding]]) -> ItemTotal:
    required = [(at, holding) for at, holding in lines if holding.required is not None]
    return ItemTotal(
        item=lines[0][1].item,
        on_hand=sum(holding.on_hand for _, holding in lines),
        holding=len({at for at, _ in lines}),
        required=sum(holding.required or 0 for _, holding in required),
        requiring=len({at for at, _ in required}),
        short=sum(shortfall(holding) or 0 for _, holding in required),
    )
