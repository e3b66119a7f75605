"""Every page, for everybody: no barriers, nothing scrolls sideways, fingers hit what they aim at."""

from collections.abc import Iterator
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PATIENCE, Theme, listen
from tests.journeys.pages import Role, Scene, set_scene, sights
from tests.journeys.people import COOKIE, Guest, People, Person
from tests.journeys.site import SLUG, Site

WIDTHS = (360, 1280)
THEMES: tuple[Theme, ...] = ("light", "dark")
NARROWEST = 320
LARGE_TARGET, TARGET = 44, 24
MOST_BYTES = 100_000
LOOK = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
IS_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Links inside a sentence are as high as the sentence's lines, which the guidelines allow.
SMALL_TARGETS = """least => [...document.querySelectorAll(
    "button, input:not([type=hidden]), select, textarea, summary, nav a, .btn, .tag")]
  .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .filter(([_, box]) => box.width && box.height && (box.height < least || box.width < least))
  .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""


@pytest.fixture(scope="module")
def scene(people: People) -> Scene:
    """What there is to look at."""
    return set_scene(people)


@pytest.fixture
def look(site: Site, browser: Browser) -> Iterator[Page]:
    """A page to look at things with; complaints of the browser fail the test."""
    complaints: list[str] = []
    context = browser.new_context(base_url=site.address, locale="en", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    listen(page, complaints)
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize(("role", "width"), list(product(Role, WIDTHS)))
def test_no_page_has_a_barrier_or_scrolls_sideways(
    role: Role, width: int, look: Page, people: People, scene: Scene, site: Site
) -> None:
    _sign_in(look, site, scene.person(role))
    axe = Axe().axe_script
    faults: list[str] = []
    for sight in sights(people, scene, role):
        sight.open(look)
        look.evaluate(axe)
        look.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            look.emulate_media(color_scheme=theme)
            faults += [f"{sight.name} {width} {theme}: {fault}" for fault in _violations(look)]
        look.set_viewport_size({"width": NARROWEST, "height": 900})
        if (extra := look.evaluate(IS_TOO_WIDE)) > 0:
            faults.append(f"{sight.name}: {extra} px too wide at {NARROWEST} px")
    assert faults == []


def test_the_look_for_barriers_finds_one_that_is_there(look: Page) -> None:
    look.goto("/help")
    look.evaluate(Axe().axe_script)
    look.locator("main p").first.evaluate(
        "one => { one.className = 'muted'; one.innerHTML = '<a href=#x></a>' }"
    )
    assert any(fault.startswith("link-name") for fault in _violations(look))


@pytest.mark.parametrize("path", ["threads/1", "ideas/2", "vote", "", "synthesis", "landscape"])
def test_what_can_be_pressed_is_large_enough_for_a_finger(
    path: str, look: Page, scene: Scene, site: Site
) -> None:
    _sign_in(look, site, scene.participant)
    look.set_viewport_size({"width": 360, "height": 800})
    look.goto(f"/c/{SLUG}/{path}".rstrip("/"))
    assert look.evaluate(SMALL_TARGETS, TARGET) == []
    for box in [button.bounding_box() for button in look.locator("button.vote").all()[:9]]:
        assert box
        assert box["height"] >= LARGE_TARGET
        assert box["width"] >= LARGE_TARGET


def test_ideas_say_which_language_they_are_in(look: Page, people: People) -> None:
    look.goto(f"/c/{SLUG}/ideas/{people.telling_ideas()['arabic']}")
    expect(look.locator("h1")).to_have_attribute("lang", "ar")
    assert look.locator("h1").evaluate("one => getComputedStyle(one).direction") == "rtl"
    look.goto(f"/c/{SLUG}/threads/3")
    assert look.locator("article.idea h3[lang=sv]").count() > 0
    assert look.locator("article.idea h3[lang=ar]").count() == 1
    assert look.locator("article.idea h3[lang=en]").count() == 0  # as the page says already


def test_the_first_visit_to_a_long_question_is_light(look: Page, people: People) -> None:
    slug = people.consultation("Weight", ideas=30)
    received: list[float] = []
    devtools = look.context.new_cdp_session(look)
    devtools.send("Network.enable")
    devtools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    look.goto(f"/c/{slug}/threads/1", wait_until="networkidle")
    expect(look.locator("article.idea")).to_have_count(25)
    assert len(received) > 3
    assert sum(received) <= MOST_BYTES


def _violations(page: Page) -> list[str]:
    return [
        f"{found['id']}: {found['help']} ({len(found['nodes'])}) {found['nodes'][0]['html'][:160]}"
        for found in page.evaluate(LOOK)
    ]


def _sign_in(page: Page, site: Site, person: Person | Guest | None) -> None:
    if person:
        page.context.add_cookies([{"name": COOKIE, "value": person.cookie, "url": site.address}])
