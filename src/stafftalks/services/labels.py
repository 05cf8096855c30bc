"""The marking policies that this headquarters knows."""

from stafftalks.services.ports import Headquarters
from stafftalks.values.policies import Policies, builtin

_MEMORY = "policies"


def policies(hq: Headquarters) -> Policies:
    """The policies that come with the product."""
    held = hq.memory.get(_MEMORY)
    if not isinstance(held, Policies):
        held = hq.memory[_MEMORY] = builtin(hq.party)
    return held
