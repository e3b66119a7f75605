"""A browser, a running site, and people to be."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import REQUIRE_EVERYTHING
from tests.journeys.people import COOKIE, People, Person
from tests.journeys.site import CHROMIUM_FLAGS, Site, find_chromium, running_site

CHROMIUM = find_chromium()
PATIENCE = 10_000
"""Milliseconds that a page may take to show what a journey waits for."""

expect.set_options(timeout=PATIENCE)
OpenPage = Callable[..., Page]
Theme = Literal["light", "dark"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the journeys on one worker each file, and leave them out where there is no browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
            if CHROMIUM is None and not REQUIRE_EVERYTHING:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, served."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium."""
    assert CHROMIUM, "no Chromium found, and TEST_REQUIRE_EVERYTHING is set"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts."""
    return bool(request.param)


@pytest.fixture(scope="session")
def people(site: Site) -> Iterator[People]:
    """Makes people and consultations on the site; with a second consultation, so that home is a list."""
    made = People(site)
    made.consultation("The park", ideas=1)
    yield made
    made.close()


@pytest.fixture
def open_page(site: Site, people: People, browser: Browser, scripts: bool) -> Iterator[OpenPage]:
    """Open a page in a browser of its own. A script error or a broken policy fails the test."""
    opened = []
    complaints: list[str] = []

    def make(
        person: Person | None = None, *, locale: str = "en", width: int = 1280, theme: Theme = "light"
    ) -> Page:
        context = browser.new_context(
            base_url=site.address,
            java_script_enabled=scripts,
            locale=locale,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
        )
        opened.append(context)
        if person:
            context.add_cookies([{"name": COOKIE, "value": person.cookie, "url": site.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        listen(page, complaints)
        return page

    yield make
    for context in opened:
        context.close()
    assert complaints == []


def listen(page: Page, complaints: list[str]) -> None:
    """Collect what a browser or the server finds wrong with our pages."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    page.on(
        "response",
        lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
    )
