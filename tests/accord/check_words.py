"""What is said in a private check: bodies that fit together, and a strategy for such as may not."""

import hashlib
from typing import Any

import msgspec
from hypothesis import strategies as st

from stafftalks.accord.bodies import (
    POINT_BYTES,
    CheckBody,
    CheckConsent,
    CheckEnd,
    CheckPoints,
    CheckProposal,
    CheckTerms,
    EntryRef,
    digest,
    encode_body,
)
from stafftalks.record.b64 import url
from stafftalks.values.ids import PartyId

MERIDIA, TORVIA = PartyId("XMR"), PartyId("XTV")
POINTS, PARTNER_POINTS = 6, 4
TERMS = CheckTerms(
    to=TORVIA, purpose="Do our activities in the strait collide?", cells=("a0213", "a0221"), start=1_767_225_600, end=1_769_904_000,
    floor_m=None, ceiling_m=12_000, cover="cube-dyadic/1", finest=13, granule_s=1_800, band_m=1_000, resources=True, mode="which",
    learns="both", activities=10, proposer_points=POINTS, partner_points=PARTNER_POINTS, expires=1_000_000,
)  # fmt: skip


def token(name: str, size: int) -> str:
    return url((hashlib.sha512(name.encode()).digest())[:size])


def terms(**said: Any) -> CheckTerms:
    return msgspec.structs.replace(TERMS, **said)


def proposal(name: str = "first", **said: Any) -> CheckProposal:
    return CheckProposal(
        terms(**said), token(f"session {name}", 16), token(f"root {name}", 32), token(f"key {name}", POINT_BYTES)
    )


def consent(ref: EntryRef, said: CheckProposal, name: str = "answer") -> CheckConsent:
    root, key = token(f"root {name}", 32), token(f"key {name}", POINT_BYTES)
    return CheckConsent(ref, digest(encode_body(said)), "consent", root=root, key=key, to=ref.party)


def points(
    ref: EntryRef,
    step: int,
    sort: str = "own",
    part: int = 1,
    parts: int = 1,
    count: int = POINTS,
    name: str = "",
    transcript: str = "",
) -> CheckPoints:
    raw = hashlib.shake_256(f"{name} {step} {sort} {part}".encode()).digest(count * POINT_BYTES)
    return CheckPoints(ref, step, sort, part, parts, url(raw), transcript)  # type: ignore[arg-type]


def check_bodies(refs: st.SearchStrategy[EntryRef]) -> st.SearchStrategy[CheckBody]:
    """What could be said in checks proposed at `refs`, in a small world, so that it meets."""
    sorts = st.sampled_from(["own", "returned"])
    proposers, learners = st.sampled_from([MERIDIA, TORVIA]), st.sampled_from(["both", "proposer"])
    return st.one_of(
        st.builds(proposal, st.sampled_from("ab"), to=proposers, learns=learners),
        st.builds(lambda ref, name: consent(ref, proposal(name), name), refs, st.sampled_from("ab")),
        st.builds(CheckConsent, refs, st.just(""), st.just("decline")),
        st.builds(points, refs, st.integers(1, 3), sorts, st.integers(1, 2), st.integers(1, 2)),
        st.builds(CheckEnd, refs, st.sampled_from(["done", "stopped"])),
    )
