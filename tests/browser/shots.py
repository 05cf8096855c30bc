"""Pictures of every page, to be looked at: `python -m tests.browser.shots [words in page names]`.

Written to `screenshots/<world>/<page>.<look>.png`; looks are wide and narrow, light and dark, left-to-right and right-to-left.
`--world` is empty, proposed, story or crowded (default story); `--looks` names some of wide, narrow, dark, rtl (default all).
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
# Playwright's loop runs in this thread, and Django would take that for an asynchronous view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

LOOKS = {
    "wide": ({"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}, ""),
    "narrow": ({"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}, ""),
    "dark": ({"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"}, ""),
    "rtl": ({"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}, "rtl"),
    "narrow-dark-rtl": ({"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}, "rtl"),
}

STILL = "for (const strip of document.querySelectorAll('.banner')) strip.style.position = 'static'"
"""A picture of a whole page has no screen to which the banner could keep."""


def main() -> None:
    """Takes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--world", default="story")
    parser.add_argument("--looks", nargs="*", default=list(LOOKS))
    asked = parser.parse_args()

    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    from tests.browser.pages import pages
    from tests.browser.rooms import prepare
    from tests.browser.stage import chromium, enter, served
    from tests.web import world as worlds

    world = getattr(worlds, asked.world)()
    if world.accord:
        prepare(world)
    folder = Path("screenshots") / asked.world
    folder.mkdir(parents=True, exist_ok=True)
    with served(world) as base, chromium() as browser:
        chosen = [page for page in pages(world) if not asked.names or any(name in page.name for name in asked.names)]
        people = {page.person.username if page.person else "": page.person for page in chosen}
        for look in asked.looks:
            options, direction = LOOKS[look]
            for name, person in people.items():
                context = enter(browser, base, person, **options)
                tab = context.new_page()
                for page in chosen:
                    if (page.person.username if page.person else "") == name:
                        turned = f"{'&' if '?' in page.path else '?'}dir={direction}" if direction else ""
                        answer = tab.goto(page.path + turned)
                        tab.evaluate(STILL)
                        tab.screenshot(path=folder / f"{page.name}.{look}.png", full_page=True)
                        print(answer.status if answer else "-", look, page.name, flush=True)
                context.close()


if __name__ == "__main__":
    main()
