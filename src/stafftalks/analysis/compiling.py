"""Loops that are compiled where numba is installed. Where it is not, `COMPILED` is False, and whoever has such a loop offers another way with the same answer.

The compiled code is kept beside the module, as Python keeps its own, where the disk allows. Loops run on one core and let others run meanwhile: numba's own
threads end the process when two of ours use them at once, so whoever wants more cores divides the work.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

_Loop = TypeVar("_Loop", bound=Callable[..., Any])

try:
    import numba
except ImportError:  # pragma: no cover - numba is a requirement where it has wheels
    _compile = None
else:
    _compile = numba.njit

COMPILED: Final = _compile is not None


def compiled(loop: _Loop) -> _Loop:
    """The loop, to be compiled at its first call, without reordering of sums: every run gives the same bits."""
    if _compile is None:  # pragma: no cover
        return loop
    try:
        made = _compile(nogil=True, cache=True)(loop)
    except RuntimeError:  # no place to keep the code: it is compiled anew by every process
        made = _compile(nogil=True)(loop)
    return cast("_Loop", made)


def inner(loop: _Loop) -> _Loop:
    """The loop, for compiled loops alone to call: without a way in for Python, which is a good part of what the compiler has to do."""
    if _compile is None:  # pragma: no cover
        return loop
    alone: dict[str, Any] = {"nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    try:
        made = _compile(cache=True, **alone)(loop)
    except RuntimeError:  # no place to keep the code: it is compiled anew by every process
        made = _compile(**alone)(loop)
    return cast("_Loop", made)
