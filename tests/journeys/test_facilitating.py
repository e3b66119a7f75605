"""What facilitators do, and what others then see."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.journeys.site import SLUG, Site
from tests.journeys.test_ideas import post_idea
from tests.journeys.test_votes import button

PASSWORD = "seven questions, one long evening"
REASON = "It sells something."


def test_a_facilitator_by_invitation_hides_an_idea_and_restores_it(
    open_page: OpenPage, site: Site, people: People, scripts: bool
) -> None:
    author = open_page(people.person())
    statement = "Buy our fine map." if scripts else "Order a whole atlas with a folded city map."
    address = post_idea(author, f"/c/{SLUG}/threads/7", statement)
    number = address.rsplit("/", 1)[1]
    reader = open_page()

    facilitator = open_page()
    _accept(facilitator, site.invitation(f"facilitator-{scripts}@example.org".lower()))
    facilitator.goto(address)
    facilitator.get_by_role("link", name="Hide").click()
    facilitator.get_by_role("radio", name="advertising").check()
    facilitator.get_by_label("How does it break the rule?").fill(REASON)
    facilitator.get_by_role("button", name="Hide the idea").click()
    expect(facilitator.get_by_text(f"Idea {number} is hidden.")).to_be_visible()

    assert _status(reader, address) == 404
    assert _status(open_page(people.person()), address) == 404
    author.goto(address)
    expect(author.locator(".flash").first).to_contain_text("hidden")
    expect(author.get_by_role("main").get_by_text(REASON).first).to_be_visible()
    reader.goto(f"/c/{SLUG}/log")
    expect(reader.get_by_text(REASON).first).to_be_visible()
    expect(reader.get_by_text("map.")).to_have_count(0)

    facilitator.goto(address)
    facilitator.get_by_role("link", name="Restore").click()
    facilitator.get_by_label("Why should everybody see it again?").fill("The map is free after all.")
    facilitator.get_by_role("button", name="Show it again").click()
    expect(facilitator.get_by_text(f"Everybody can see idea {number} again.")).to_be_visible()
    assert _status(reader, address) == 200
    reader.goto(f"/c/{SLUG}/log")
    expect(reader.get_by_text("The map is free after all.").first).to_be_visible()


def test_hiding_needs_a_rule_and_a_reason_and_a_facilitator(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Hiding", ideas=1)
    assert _status(open_page(people.person()), f"/c/{slug}/ideas/1/hide") in {403, 404}
    page = open_page(people.facilitator(slug))
    page.goto(f"/c/{slug}/ideas/1/hide")
    page.get_by_role("radio").first.check()
    page.get_by_label("How does it break the rule?").fill("  ")
    page.get_by_role("button", name="Hide the idea").click()
    expect(page.get_by_label("How does it break the rule?")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("radio").first).to_be_checked()


def test_a_facilitator_moves_through_the_phases_and_back(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Phases", ideas=1)
    facilitator, page = open_page(people.facilitator(slug)), open_page(people.person())
    thread = f"/c/{slug}/threads/1"
    page.goto(thread)
    expect(page.get_by_role("button", name="Post the idea")).to_be_visible()

    _begin(facilitator, slug, "Voting")
    # The page was opened before; what is typed into it is refused with a reason and kept.
    page.get_by_label("Your idea in one sentence").fill("A late idea.")
    page.get_by_role("button", name="Post the idea").click()
    expect(page.get_by_role("alert").or_(page.locator(".flash.is-error")).first).to_contain_text("closed")
    expect(page.get_by_text("A late idea.").first).to_be_visible()
    page.goto(thread)
    expect(page.get_by_role("heading", name="No new ideas now")).to_be_visible()
    idea = page.locator("article.idea").first
    button(idea, "Agree").click()
    expect(button(idea, "Agree")).to_have_attribute("aria-pressed", "true")

    _begin(facilitator, slug, "Synthesis")
    button(idea, "Disagree").click()
    expect(page.get_by_role("main").get_by_text("Voting is closed here.")).to_be_visible()
    page.goto(thread)
    expect(button(idea, "Disagree")).to_have_count(0)
    expect(idea.get_by_text("You agree.")).to_be_visible()
    expect(idea.locator(".result")).to_contain_text("1 of 1 agrees")

    _begin(facilitator, slug, "Gathering")
    page.goto(thread)
    expect(page.get_by_role("button", name="Post the idea")).to_be_visible()
    page.goto(f"/c/{slug}/log")
    expect(page.get_by_text("To see that it works.")).to_have_count(3)


def _accept(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Name").fill("Fay")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account and accept").click()
    expect(page.get_by_role("link", name="Desk")).to_be_visible()


def _begin(page: Page, slug: str, phase: str) -> None:
    page.goto(f"/c/{slug}/desk")
    form = page.locator("details#phase")
    form.locator("summary").click()
    form.get_by_role("radio", name=re.compile(f"^{phase}")).check()
    form.get_by_label("Reason").fill("To see that it works.")
    form.get_by_role("button", name="Begin the phase").click()
    expect(page.get_by_text("The phase is changed.")).to_be_visible()


def _status(page: Page, address: str) -> int:
    answer = page.goto(address)
    assert answer
    return answer.status
