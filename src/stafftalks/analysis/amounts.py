"""Decimal quantities as the whole numbers that analyses reckon with: by unit, so many parts of one that every amount is a whole number of them."""

from collections.abc import Iterable, Mapping

from stafftalks.values.quantity import Quantity

Given = Quantity | int | None
"""A quantity, a bare number, or nothing."""


def scales(quantities: Iterable[Given]) -> dict[str, int]:
    """By unit, so many parts of one that every amount is a whole number of them."""
    found: dict[str, int] = {}
    for quantity in quantities:
        if isinstance(quantity, Quantity):
            unit = quantity.unit.value
            found[unit] = max(found.get(unit, 1), 10**quantity.decimals)
    return found


def scaled(quantity: Given, scale: Mapping[str, int]) -> tuple[int | None, str]:
    """An amount as a whole number of parts, and its unit, empty for a bare number; None where there is none."""
    if not isinstance(quantity, Quantity):
        return quantity, ""
    unit = quantity.unit.value
    return quantity.scaled * (scale[unit] // 10**quantity.decimals), unit


def said(amount: int | None, unit: str, scale: Mapping[str, int]) -> str:
    """`12.5 t`; empty where there is no amount."""
    if amount is None:
        return ""
    parts = scale.get(unit, 1)
    number = f"{amount // parts:,}" if amount % parts == 0 else f"{amount / parts:,}"
    return f"{number} {unit}".strip()
