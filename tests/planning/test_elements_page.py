"""The page that describes the kinds is what the types say."""

from tests.planning.make_elements_page import PAGE, page


def test_the_page_of_elements_is_what_the_types_say():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.planning.make_elements_page"
