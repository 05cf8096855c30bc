"""The realms an accord can open: kinds of exchange, opened by all parties together and closed by any one alone."""

from enum import StrEnum


class Realm(StrEnum):
    """One realm; the order is that of growing commitment, and no realm includes another."""

    INTELLIGENCE = "intelligence"
    SCENARIOS = "scenarios"
    EXERCISES = "exercises"
    OPERATIONS = "operations"
