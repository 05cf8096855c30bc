"""What an analysis had to leave out, and why, in a sentence that names the element and the field."""

import msgspec


class Fault(msgspec.Struct, frozen=True, order=True):
    """Why a field of an element could not be reckoned with, and so was left out of the answer."""

    element: str
    field: str
    sentence: str
