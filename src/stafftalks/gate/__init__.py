"""Gate: the second of two that must agree before a byte leaves. It judges outgoing bundles by rules of its own, on plain JSON.

A process and a folder of its own, which holds the TLS key that partners know us by. Nothing here comes from the rooms that decide what the headquarters
releases (`release`, `services`, `planning`, the policies in `values`): a fault there does not open this door. It shares the formats of the record, sealing
and the wire, which say what bytes are and never whether they may go. What it cannot read, or does not know, it refuses.
"""
