"""`python -m tests.journeys.screenshots [folder]`: a picture of every page, and the README's."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import PATIENCE, Theme
from tests.journeys.pages import Role, Scene, set_scene, sights
from tests.journeys.people import COOKIE, Guest, People, Person
from tests.journeys.site import CHROMIUM_FLAGS, ROOT, SLUG, Site, find_chromium, running_site

LOOKS: dict[str, tuple[tuple[Theme, int], ...]] = {
    "sv": (("light", 1280), ("dark", 1280)),
    "en": (("light", 360), ("dark", 360)),
}
LONGEST = 3_200
PICTURES = ROOT / "docs" / "pictures"
README_PICTURES = {
    "thread.png": (f"/c/{SLUG}/threads/4?sort=divided&lang=en", 1400),
    "landscape.png": (f"/c/{SLUG}/landscape", 1260),
}
"""The README's pictures: the page, and how much of it is shown."""


def main() -> None:
    """Take them all; `folder` is build/screenshots unless it is named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("Install Chromium to take pictures.")
    with TemporaryDirectory() as place, running_site(Path(place)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        people = People(site)
        people.consultation("The park", ideas=1)
        scene = set_scene(people)
        for language in LOOKS:
            for role in Role:
                take_all(browser, site, people, scene, role, language, folder)
        people.begin_voting()
        take_for_readme(browser, site, scene)
        browser.close()
        people.close()


def take_for_readme(browser: Browser, site: Site, scene: Scene) -> None:
    """Picture a question and the map while people vote, as somebody sees them who has begun."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _page(browser, site, scene.participant, "en") as page:
        for name, (address, height) in README_PICTURES.items():
            page.set_viewport_size({"width": 1280, "height": height})
            page.goto(address)
            page.screenshot(path=PICTURES / name)
            print(name, f"{(PICTURES / name).stat().st_size // 1000} kB")


def take_all(
    browser: Browser, site: Site, people: People, scene: Scene, role: Role, language: str, folder: Path
) -> None:
    """Picture every page that the role sees, in one language."""
    with _page(browser, site, scene.person(role), language) as page:
        for sight in sights(people, scene, role):
            sight.open(page)
            for theme, width in LOOKS[language]:
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                height = min(LONGEST, page.evaluate("document.documentElement.scrollHeight"))
                page.screenshot(
                    path=folder / f"{sight.name}-{role}-{language}-{theme}-{width}.png",
                    full_page=True,
                    clip={"x": 0, "y": 0, "width": width, "height": height},
                )
        print(role, language)


@contextmanager
def _page(browser: Browser, site: Site, person: Person | Guest | None, language: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site.address, locale=language)
    if person:
        context.add_cookies([{"name": COOKIE, "value": person.cookie, "url": site.address}])
    page = context.new_page()
    page.set_default_timeout(3 * PATIENCE)
    yield page
    context.close()


if __name__ == "__main__":
    main()
