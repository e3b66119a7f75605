"""A browser, a running site, and people to be."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import REQUIRE_EVERYTHING
from tests.journeys.site import CHROMIUM_FLAGS, Site, find_chromium, running_site

PASSWORD = "seven questions, one long evening"
CHROMIUM = find_chromium()


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


@pytest.fixture
def open_page(site: Site, browser: Browser, scripts: bool) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser of its own. A script error or a broken policy fails the test."""
    opened = []
    complaints: list[str] = []

    def make(*, locale: str = "en", width: int = 1280, theme: str = "light") -> Page:
        context = browser.new_context(
            base_url=site.address,
            java_script_enabled=scripts,
            locale=locale,
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        return page

    yield make
    for context in opened:
        context.close()
    assert complaints == []
