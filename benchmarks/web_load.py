"""What locust runs: people who open pages one after another and read each for a while. Told by the environment, as locust has it.

BENCH_PAGES is a JSON object of names and paths; BENCH_COOKIE the cookie's name and BENCH_SESSIONS a JSON list of its values, one a person;
BENCH_READING_S how long a page is read, in seconds on average.
"""

import itertools
import json
import os
import random
from typing import Any

from locust import FastHttpUser, between, task

_PAGES: dict[str, str] = json.loads(os.environ["BENCH_PAGES"])
_SESSIONS = itertools.cycle(json.loads(os.environ.get("BENCH_SESSIONS", '[""]')))
_READING_S = float(os.environ.get("BENCH_READING_S", "4"))


class Reader(FastHttpUser):
    """One person, signed in."""

    wait_time = between(0.5 * _READING_S, 1.5 * _READING_S)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._cookie = f"{os.environ.get('BENCH_COOKIE', 'none')}={next(_SESSIONS)}"

    @task
    def open_page(self) -> None:
        """Any of the pages; a page that is not answered 200, or leads to the sign-in page, is an error."""
        name = random.choice(list(_PAGES))
        with self.client.get(
            _PAGES[name], name=name, headers={"Cookie": self._cookie}, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 200:
                answer.failure(f"answered {answer.status_code}")
