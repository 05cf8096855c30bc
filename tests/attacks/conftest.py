"""What attacks on the pages need: the story, and somebody signed in."""

from tests.web.conftest import enter, put, story

__all__ = ["enter", "put", "story"]
