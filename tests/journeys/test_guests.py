"""Without an account: voting, writing, and keeping it all when one gets an account."""

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.journeys.site import Site

PASSWORD = "otters juggle copper spoons"


def test_a_guest_becomes_a_member(open_page: OpenPage, people: People, site: Site, scripts: bool) -> None:
    slug = people.consultation("Open gates", ideas=3, takes_guests=True)
    page = open_page()
    page.goto(f"/c/{slug}/threads/1")
    assert page.context.cookies() == []
    idea = page.locator("#idea-2")
    idea.get_by_role("button", name="Agree", exact=True).click()
    expect(page.locator("#idea-2 [aria-pressed=true]")).to_have_text("Agree")
    page.goto(f"/c/{slug}/vote")
    look(page, scripts)
    page.get_by_role("button", name="Disagree").click()
    expect(page.get_by_role("main").get_by_text("Saved: you disagree.")).to_be_visible()

    page.goto(f"/c/{slug}/threads/1")
    page.get_by_label("Your idea in one sentence").fill("Leave the eastern gate open at night.")
    page.get_by_role("button", name="Post the idea").click()
    if page.get_by_role("button", name="post it").count():
        page.get_by_role("button", name="post it").first.click()
    expect(page.get_by_role("main")).to_contain_text("Others see it once a facilitator has read it.")
    page.get_by_role("link", name="Without an account").click()
    expect(page.get_by_role("main")).to_contain_text("Waits for a facilitator to read it")
    expect(page.get_by_role("main")).to_contain_text("You have voted on 2 ideas.")
    look(page, scripts)

    desk = open_page(people.facilitator(slug))
    desk.goto(f"/c/{slug}/desk")
    expect(desk.get_by_role("main")).to_contain_text("Leave the eastern gate open at night.")
    look(desk, scripts)
    desk.get_by_role("button", name="Accept it").click()
    expect(desk.get_by_role("main")).to_contain_text("Everybody sees the idea now")

    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Everybody sees it")
    sign_up(page, site, slug)
    expect(page.get_by_role("main")).to_contain_text("What you did without an account is yours now.")
    page.goto(f"/c/{slug}/threads/1")
    expect(page.locator("[aria-pressed=true]")).to_have_count(2)
    expect(page.get_by_role("main")).to_contain_text("Leave the eastern gate open at night.")
    expect(page.locator("article", has_text="eastern gate").get_by_text("You", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Without an account")).to_have_count(0)


def test_a_guest_is_forgotten(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Closed gates", ideas=1, takes_guests=True)
    page = open_page(locale="sv", width=360)
    page.goto(f"/c/{slug}/ideas/1")
    page.get_by_role("button", name="Håller med").click()
    expect(page.locator("[aria-pressed=true]")).to_have_count(1)
    page.goto(f"/c/{slug}/guest")
    page.get_by_text("Glöm mig i den här webbläsaren").click()
    page.get_by_role("button", name="Glöm mig").click()
    page.goto(f"/c/{slug}/ideas/1")
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    expect(page.get_by_role("link", name="Utan konto")).to_have_count(0)


def sign_up(page: Page, site: Site, slug: str) -> None:
    """Sign up from the guest's own page, and confirm the address in the same browser."""
    email = f"gate-{slug}@example.org"
    page.get_by_role("complementary").get_by_role("link", name="Sign up").click()
    page.get_by_label("Name").fill("Gate")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("main")).to_contain_text(email)
    page.goto(site.mailed_link(email))
    expect(page.get_by_label("Keep what I did in this browser: 2 votes, 1 idea")).to_be_checked()
    page.get_by_label("The password you chose").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and sign in").click()


def look(page: Page, scripts: bool) -> None:
    """Find nothing that keeps anybody out."""
    if scripts:
        found = Axe().run(page).response["violations"]
        assert found == [], [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
