"""Voting: down the list, one at a time, by keyboard, and thinking again."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.journeys.site import SLUG

LIST = f"/c/{SLUG}/threads/6?sort=newest"


def test_somebody_votes_down_the_list_and_sees_how_others_voted(open_page: OpenPage, people: People) -> None:
    page = open_page(people.person())
    page.goto(LIST)
    expect(page.locator(".result")).to_have_count(0)
    for position, choice in enumerate(("Agree", "Disagree", "Pass", "Agree")):
        idea = page.locator("article.idea").nth(position)
        button(idea, choice).click()
        expect(button(idea, choice)).to_have_attribute("aria-pressed", "true")
        expect(idea.locator(".result")).to_be_visible()
        expect(idea.locator(".saved")).to_contain_text(f"ou {choice.lower()}.")

    page.goto(LIST)
    expect(page.locator("[aria-pressed=true]")).to_have_count(4)
    expect(page.locator(".result")).to_have_count(4)
    expect(page.get_by_role("complementary")).to_contain_text("You have voted on 4 of")
    page.goto(f"/c/{SLUG}")
    expect(page.locator(".question").nth(5)).to_contain_text("You have voted on 4 of")


def test_a_vote_can_be_changed_and_taken_back(open_page: OpenPage, people: People, scripts: bool) -> None:
    slug = people.consultation("Thinking again", ideas=1)
    page = open_page(people.person())
    page.goto(f"/c/{slug}/ideas/1")
    page_of_idea = page.get_by_role("article")
    button(page_of_idea, "Agree").click()
    expect(page_of_idea.locator(".result")).to_contain_text("1 of 1 agrees")

    button(page_of_idea, "Disagree").click()
    expect(button(page_of_idea, "Disagree")).to_have_attribute("aria-pressed", "true")
    expect(button(page_of_idea, "Agree")).to_have_attribute("aria-pressed", "false")
    expect(page_of_idea.locator(".result")).to_contain_text("1 disagree")
    if scripts:
        # Straight after a change, undo leads back to what was there before it.
        page_of_idea.get_by_role("button", name="Undo").click()
        expect(button(page_of_idea, "Agree")).to_have_attribute("aria-pressed", "true")
        page.reload()

    page_of_idea.get_by_role("button", name="Take back").click()
    expect(page_of_idea.locator("[aria-pressed=true]")).to_have_count(0)
    expect(page_of_idea.locator(".result")).to_have_count(0)
    page.reload()
    expect(page_of_idea.locator("[aria-pressed=true]")).to_have_count(0)


def test_somebody_votes_by_keyboard_on_one_idea_at_a_time(
    open_page: OpenPage, people: People, scripts: bool
) -> None:
    page = open_page(people.person())
    page.goto(f"/c/{SLUG}/vote?thread=6")
    first = _statement(page)
    _press(page, "Agree", "a", scripts)
    expect(page.get_by_role("main").get_by_text("Saved: you agree.")).to_be_visible()
    expect(page.locator(".vote-card h2")).not_to_have_text(first)

    _press(page, "Disagree", "d", scripts)
    expect(page.get_by_role("main").get_by_text("Saved: you disagree.")).to_be_visible()
    third = _statement(page)
    _press(page, "Pass", "p", scripts)
    expect(page.get_by_role("main").get_by_text("Saved: you pass.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("3 of")

    _press(page, "Undo", "u", scripts)
    expect(page.locator(".vote-card h2")).to_have_text(third)
    expect(page.get_by_role("main")).to_contain_text("2 of")


def test_ten_cards_are_voted_on_by_keyboard_and_none_comes_twice(
    open_page: OpenPage, people: People, scripts: bool
) -> None:
    slug = people.consultation("Ten trees", ideas=12)
    page = open_page(people.person())
    page.goto(f"/c/{slug}/vote")
    main, seen = page.get_by_role("main"), set()
    for voted in range(10):
        seen.add(_statement(page))
        name = ("Agree", "Disagree", "Pass")[voted % 3]
        _press(page, name, name[0].lower(), scripts)
        expect(main).to_contain_text(f"{voted + 1} of 12")
        expect(main.get_by_text(f"Saved: you {name.lower()}.")).to_be_visible()
    assert len(seen) == 10
    page.locator("summary", has_text="Why this idea?").focus()
    page.keyboard.press("Enter")
    expect(main.get_by_text("a new idea waits for no other")).to_be_visible()


def test_an_idea_that_is_put_off_comes_back_after_the_others(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Later", ideas=3)
    page = open_page(people.person())
    page.goto(f"/c/{slug}/vote")
    first = _statement(page)
    page.get_by_role("button", name="Show another idea first").click()
    expect(page.locator(".vote-card h2")).not_to_have_text(first)
    for left in (2, 1):
        button(page.locator(".vote-card"), "Pass").click()
        expect(page.get_by_role("main")).to_contain_text(f"{left} left")
    expect(page.locator(".vote-card h2")).to_have_text(first)
    page.locator("summary", has_text="Why this idea?").click()
    expect(page.get_by_text("You put it off, and have now seen everything else.")).to_be_visible()


def test_somebody_votes_by_keyboard_in_the_list(open_page: OpenPage, people: People, scripts: bool) -> None:
    page = open_page(people.person())
    page.goto(LIST)
    idea = page.locator("article.idea").first
    idea.get_by_role("heading").get_by_role("link").focus()
    if scripts:
        page.keyboard.press("d")
    else:
        _tab_to(page, "Disagree")
        page.keyboard.press("Enter")
    expect(button(idea, "Disagree")).to_have_attribute("aria-pressed", "true")
    if scripts:
        button(idea, "Disagree").focus()
        page.keyboard.press("u")
    else:
        idea.get_by_role("heading").get_by_role("link").focus()
        _tab_to(page, "Take back")
        page.keyboard.press("Enter")
    expect(idea.locator("[aria-pressed=true]")).to_have_count(0)


def test_a_letter_typed_into_a_field_is_no_vote(open_page: OpenPage, people: People) -> None:
    page = open_page(people.person())
    page.goto(LIST)
    page.get_by_role("searchbox").press_sequentially("adp")
    expect(page.get_by_role("searchbox")).to_have_value("adp")
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)


def test_the_whole_of_a_question_can_be_voted_through(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Short", ideas=3)
    page = open_page(people.person())
    page.goto(f"/c/{slug}")
    page.get_by_role("link", name="Start voting").click()
    for left in (2, 1, 0):
        button(page.locator(".vote-card"), "Agree").click()
        if left:
            expect(page.get_by_role("main")).to_contain_text(f"{left} left")
    expect(page.get_by_role("heading", name="You have voted on everything here")).to_be_visible()


# Without scripts it is the browser that says that it is offline.
@pytest.mark.parametrize("scripts", [True], indirect=True, ids=["scripts"])
def test_a_vote_cast_without_a_connection_says_so_and_can_be_sent_again(
    open_page: OpenPage, people: People
) -> None:
    page = open_page(people.person())
    page.goto(LIST)
    idea = page.locator("article.idea").first
    page.context.set_offline(True)
    button(idea, "Agree").click()
    expect(idea.get_by_text("nothing was saved")).to_be_visible()
    expect(button(idea, "Agree")).to_have_attribute("aria-pressed", "false")

    page.context.set_offline(False)
    button(idea, "Agree").click()
    expect(button(idea, "Agree")).to_have_attribute("aria-pressed", "true")
    expect(idea.get_by_text("nothing was saved")).to_have_count(0)
    expect(page.locator("#live")).to_contain_text("Saved: you agree.")


def button(where: Locator, name: str) -> Locator:
    """Return one of the three vote buttons."""
    return where.get_by_role("button", name=re.compile(f"^{name}( [ADP])?$"))


def _statement(page: Page) -> str:
    return page.locator(".vote-card h2").inner_text()


def _press(page: Page, name: str, key: str, scripts: bool) -> None:
    """Do by keyboard alone what the button `name` does: with its letter, or by walking to it."""
    if scripts:
        expect(page.locator(".vote-card")).to_be_focused()
        page.keyboard.press(key)
        return
    page.locator("#main").focus()
    _tab_to(page, name)
    page.keyboard.press("Enter")


def _tab_to(page: Page, name: str) -> None:
    """Walk with the Tab key to the next button with this name."""
    target = page.get_by_role("button", name=re.compile(f"^{name}"))
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.locator("button:focus").and_(target).count():
            return
    raise AssertionError(f"no button called {name} can be reached with the Tab key")
