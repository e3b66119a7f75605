"""The landscape by keyboard alone, with scripts and without."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.journeys.site import SLUG

HERE = f"/c/{SLUG}/landscape"


def test_somebody_finds_their_place_and_what_every_group_shares(open_page: OpenPage, people: People) -> None:
    people.draw_landscapes()
    page = open_page(people.known_person("participant@example.org"))
    page.goto(f"/c/{SLUG}")
    press(page, page.get_by_role("link", name="Map", exact=True))
    expect(page).to_have_url(re.compile("/landscape$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("ways to vote")
    expect(page.get_by_role("complementary")).to_contain_text("You are in group")
    expect(page.locator(".you-are-here")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Map of [0-9]+ people"))).to_be_visible()

    section = page.locator("section[aria-labelledby=holds]")
    shown = section.locator(".evidence-idea:visible").count()
    press(page, section.locator("summary"))
    expect(section.locator(".evidence-idea:visible").nth(shown)).to_be_visible()


def test_every_idea_on_the_map_leads_to_its_page_and_stands_in_the_table(
    open_page: OpenPage, people: People
) -> None:
    people.draw_landscapes()
    page = open_page()
    page.goto(HERE)
    marks = page.locator(".idea-mark")
    numbers = {re.sub(r"\D", "", mark.text_content() or "")[-3:] for mark in marks.all()[:5]}
    assert numbers
    press(page, page.get_by_text(re.compile("^Show the table of")))
    table = page.get_by_role("region", name="Table of ideas")
    expect(table).to_be_visible()
    assert table.locator("tbody tr").count() >= marks.count()
    first = marks.first
    address = first.get_attribute("href")
    assert address
    expect(table.locator(f"a[href='{address}']")).to_have_count(1)
    press(page, first)
    expect(page).to_have_url(re.compile(f"{address}$"))


def test_what_the_groups_voted_comes_and_goes_with_ones_own_vote(
    open_page: OpenPage, people: People, scripts: bool
) -> None:
    people.draw_landscapes()
    page = open_page(people.person())
    page.goto(HERE)
    page.goto(page.locator(".idea-mark").first.get_attribute("href") or "")
    groups = page.get_by_role("heading", name="How the groups voted")
    expect(groups).to_have_count(0)
    page.get_by_role("button", name="Agree", exact=True).click()
    expect(groups).to_be_visible()
    page.get_by_role("button", name="Undo" if scripts else "Take back").click()
    expect(page.locator(".result")).to_have_count(0)
    expect(groups).to_have_count(0)


def test_a_question_without_stable_groups_says_so(open_page: OpenPage, people: People) -> None:
    people.draw_landscapes()
    page = open_page()
    titles = []
    for number in range(1, 8):
        page.goto(f"{HERE}?thread={number}")
        titles.append(page.get_by_role("heading", level=1).inner_text())
        has_groups = "ways to vote" in titles[-1]
        assert (page.locator(".map .hull").count() > 0) == has_groups
    assert {"No stable groups", "One crowd"} & set(titles)


def test_a_facilitator_freezes_a_snapshot(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Frozen")
    page = open_page(people.facilitator(slug))
    page.goto(f"/c/{slug}/landscape")
    page.get_by_label("Why now").focus()
    page.keyboard.type("Before the meeting")
    press(page, page.get_by_role("button", name="Freeze a snapshot"))
    expect(page.get_by_role("status").first).to_contain_text("The votes are being frozen.")


def press(page: Page, control) -> None:  # type: ignore[no-untyped-def]
    """Put the focus on the control and press Enter, as somebody without a mouse does."""
    control.focus()
    expect(control).to_be_focused()
    page.keyboard.press("Enter")
