"""A working group writes its synthesis: cite, comment, reorder, and two who save at once."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.journeys.site import SLUG

DRAFT = f"/c/{SLUG}/synthesis/draft"


def test_a_group_writes_together_and_nobody_overwrites_anybody(
    open_page: OpenPage, people: People, scripts: bool
) -> None:
    first = open_page(people.member())
    second = open_page(people.member())
    number = 3 if scripts else 4
    for page in (first, second):
        page.goto(f"{DRAFT}/findings/{number}")
    _write(first, "The first says this.")
    expect(first.get_by_text("Saved.")).to_be_visible()
    _write(second, "The second says that.")
    expect(second.get_by_text("Somebody else changed this while you wrote.")).to_be_visible()
    expect(second.locator("del").first).to_have_text("first")
    expect(second.get_by_label("What you found, in one sentence")).to_have_value("The second says that.")
    second.get_by_role("button", name="Save over theirs").click()
    expect(second.get_by_text("Saved.")).to_be_visible()

    second.get_by_label("Find an idea to cite").fill("OpenStreetMap")
    second.get_by_role("button", name="Search").click()
    second.get_by_role("button", name=re.compile("^Cite it")).first.click()
    expect(second.get_by_text("is cited, with its numbers from the snapshot.")).to_be_visible()
    second.get_by_label("Write in the margin").fill("Is that so?")
    second.get_by_role("button", name="Write it in the margin").click()
    expect(second.locator(".remark-words")).to_have_text("Is that so?")

    first.goto(f"{DRAFT}/findings/{number}/history")
    expect(first.get_by_text("Underlined words were added").first).to_be_visible()
    expect(first.locator(".revision")).to_have_count(4)
    first.goto(f"{DRAFT}?thread=1")
    article = first.locator(f"#finding-{number}")
    article.get_by_role("button", name=re.compile("^Up")).click()
    expect(first.get_by_text("Moved up.")).to_be_visible()


def _write(page: Page, claim: str) -> None:
    page.get_by_label("What you found, in one sentence").fill(claim)
    page.get_by_role("button", name="Save", exact=True).click()
