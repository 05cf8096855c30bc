"""The error branches, by fault: we misused it, the peer sent something bad, or the host failed.

Every message is a sentence a person can act on: what, where, and how to mend it. Refusals that people must read
(release, admission) are values, because they are results and not accidents.
"""

import msgspec


class StafftalksError(Exception):
    """Root of every error this product raises on purpose; `str(error)` is fit to show to a person."""


class MisuseError(StafftalksError):
    """A person or a caller of ours asked for something that cannot be done; nothing was changed."""


class WrongValueError(MisuseError, ValueError):
    """A value that cannot be made; being a ValueError, a typed decoder that meets it adds where it stood."""


class PeerError(StafftalksError):
    """Bytes that came from outside are not what they must be; nothing already held was changed."""


class HostError(StafftalksError):
    """The machine, disk, database or network failed; the same call may succeed later."""


class Refusal(msgspec.Struct, frozen=True):
    """A rule that said no: a stable rule id and the sentence for the person."""

    rule: str
    sentence: str


class RefusedError(MisuseError):
    """An act was refused by rules; `refusals` holds each of them, and nothing was changed."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(" ".join(refusal.sentence for refusal in refusals))
        self.refusals = refusals
