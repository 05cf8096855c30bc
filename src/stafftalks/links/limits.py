"""How much one partner, and anybody who merely knocks, may ask of this machine."""

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Bounds of the node; names end in their unit. None of them can be raised by what a partner sends.

    An outsider holds at most a pending place for `handshake_s`; only a partner's own places are taken by its slowness.
    """

    max_body_bytes: int = 33 * 1024 * 1024
    max_header_bytes: int = 8 * 1024
    handshake_s: float = 5.0
    head_s: float = 10.0
    step_s: float = 20.0
    idle_s: int = 30
    min_body_bytes_per_s: int = 32 * 1024
    max_pending: int = 256
    max_pending_per_address: int = 32
    connections_per_partner: int = 8
    requests_per_partner: int = 4
    burst_per_partner: int = 120
    requests_per_s: float = 30.0
    pins_age_s: float = 1.0
