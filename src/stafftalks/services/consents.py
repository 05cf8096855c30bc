"""Third parties: what of theirs ours draws on, asking its originator whether it may be passed on, and answering when we are asked.

Asking and answering are elements of ours that go through the desk as any talk does. What a consent amounts to is `accord.consents`.
"""

from collections.abc import Sequence

from stafftalks.accord import state
from stafftalks.planning.refs import ExactRef
from stafftalks.release.authority import StandingConsent
from stafftalks.services import reading
from stafftalks.services.ports import Headquarters


def in_force(hq: Headquarters, loads: Sequence[reading.Loaded] | None = None) -> tuple[StandingConsent, ...]:
    """Every consent that we were given and that counts, over all accords, which may be given where they are read already.

    Also one whose date is past: the desk compares it, and says so.
    """
    return tuple(
        StandingConsent(
            ExactRef(one.party, one.element, one.version), loaded.row.id, one.content.source, one.content.recipient,
            one.content.portions, one.content.until,
        )
        for loaded in (reading.load_all(hq) if loads is None else loads)
        for one in state.granted_to(loaded.state, hq.party)
    )  # fmt: skip
