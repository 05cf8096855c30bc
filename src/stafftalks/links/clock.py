"""The machine's clock."""

import time


class SystemClock:
    """The present as this machine believes it; a claim, never an authority over anybody's record."""

    def now(self) -> int:
        """Unix time in whole seconds, UTC."""
        return int(time.time())
