"""The single-writer signed log: leaves, slips, Merkle tree, notes, epochs, cards, bundles and fork proofs.

Rules kept here: bytes verified are the bytes received; `verify_*` raises and never returns a bool; private keys never
enter (whoever signs passes a `Signer`); nothing reads clock, disk, network or random bytes. The byte formats are
written down in `docs/spec/record.md`. Not here: sealing a bundle (it needs random bytes), storing, sending.
"""
