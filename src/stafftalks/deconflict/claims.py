"""Claims on named resources as columns. A name is compared without regard to case and spaces; quantities are kept exactly, and never converted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from stafftalks.deconflict.earth import Ints
from stafftalks.deconflict.volume import Claim
from stafftalks.values.quantity import Quantity, Unit

UNITS: Final = tuple(Unit)


class Claims(msgspec.Struct, frozen=True):
    """The claims of many volumes as columns: of which volume, on which of `names` (folded, with how it was first spelt), and how much."""

    item: Ints
    name: Ints
    scaled: Ints
    decimals: Ints
    unit: Ints
    names: tuple[tuple[str, str], ...]

    def listed(self) -> Iterator[tuple[int, Claim]]:
        """Each claim with the number of its volume."""
        columns = (column.tolist() for column in (self.item, self.name, self.scaled, self.decimals, self.unit))
        for item, name, scaled, decimals, unit in zip(*columns, strict=True):
            yield item, Claim(self.names[name][1], Quantity(scaled, UNITS[unit], decimals))

    def chosen(self, items: Ints) -> "Claims":
        """The claims of these volumes only, numbered as they stand in `items`."""
        kept = np.flatnonzero(np.isin(self.item, items))
        order = np.argsort(items)
        item = order[np.searchsorted(items[order], self.item[kept])]
        return Claims(item, self.name[kept], self.scaled[kept], self.decimals[kept], self.unit[kept], self.names)


def claims_of(rows: Sequence[Sequence[Claim]]) -> Claims:
    """The claims of volumes in order, as columns."""
    names: dict[str, tuple[int, str]] = {}
    columns: list[tuple[int, int, int, int, int]] = []
    for item, row in enumerate(rows):
        for claim in row:
            spelt = " ".join(claim.resource.split())
            number, _spelt = names.setdefault(spelt.casefold(), (len(names), spelt))
            quantity = claim.quantity
            columns.append((item, number, quantity.scaled, quantity.decimals, UNITS.index(quantity.unit)))
    whole = np.array(columns, np.int64).reshape(-1, 5)
    of, named, scaled, decimals, unit = whole.T
    return Claims(of, named, scaled, decimals, unit, _spellings(names))


def together(parts: Sequence[Claims], counts: Sequence[int]) -> Claims:
    """The claims of sets of so many volumes each, one set behind the other."""
    names: dict[str, tuple[int, str]] = {}
    items, numbers, before = [], [], 0
    for part, count in zip(parts, counts, strict=True):
        turned = np.array([names.setdefault(folded, (len(names), spelt))[0] for folded, spelt in part.names], np.int64)
        items.append(part.item + before)
        numbers.append(turned[part.name] if len(turned) else part.name)
        before += count
    return Claims(
        np.concatenate(items),
        np.concatenate(numbers),
        np.concatenate([part.scaled for part in parts]),
        np.concatenate([part.decimals for part in parts]),
        np.concatenate([part.unit for part in parts]),
        _spellings(names),
    )


def _spellings(names: Mapping[str, tuple[int, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((folded, spelt) for folded, (_number, spelt) in names.items())


def folded(name: str) -> str:
    """A resource's name as it is compared."""
    return " ".join(name.split()).casefold()
