"""Answering a survey by keyboard alone, and building one; with and without scripts."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.surveys.documents import both, document, options, question, section

MOST_TABS = 60
PAGES = 20
CHOICE = {"options": options("oaks", "elms", "limes")}
KINDS: dict[str, dict[str, Any]] = {
    "single": {**CHOICE, "required": True},
    "multiple": {**CHOICE, "other": True},
    "yes_no": {},
    "scale": {"low": both("Low"), "high": both("High")},
    "matrix": {"rows": options("shade", "noise")},
    "ranking": CHOICE,
    "number": {"most": 99},
    "date": {},
    "short_text": {},
    "long_text": {},
}


def tab_to(page: Page, selector: str) -> None:
    """Press the tab key until what the selector names has the focus."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def answer_by_keyboard(page: Page, kind: str, key: str) -> None:
    """Answer the page's question and send the page."""
    name = f"q-{key}"
    match kind:
        case "single" | "yes_no" | "scale":
            tab_to(page, f"[name={name}]")
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
        case "multiple":
            tab_to(page, f"[name={name}]")
            page.keyboard.press("Space")
            tab_to(page, f"[name={name}][value='--other--']")
            page.keyboard.press("Space")
            page.keyboard.press("Tab")
            page.keyboard.type("Maples")
        case "matrix":
            for row in ("shade", "noise"):
                tab_to(page, f"[name={name}-{row}]")
                page.keyboard.press("Space")
        case "ranking":
            for place, option in enumerate(("elms", "oaks"), start=1):
                while not page.locator(f"[name={name}-{option}]:focus").count():
                    page.keyboard.press("Shift+Tab" if place == 2 else "Tab")
                page.keyboard.type(str(place))
        case "date":
            tab_to(page, f"#{name}-field")
            page.keyboard.type("05012014")
        case _:
            tab_to(page, f"#{name}-field")
            page.keyboard.type("12")
    tab_to(page, "button[value=next]")
    page.keyboard.press("Enter")


def test_twenty_pages_are_answered_by_keyboard_alone(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Trees", ideas=1)
    kinds = list(KINDS) * (PAGES // len(KINDS))
    pages = [
        section(f"page-{number}", question(f"{kind.replace('_', '-')}-{number}", kind, **KINDS[kind]))
        for number, kind in enumerate(kinds, start=1)
    ]
    survey = people.survey(slug, document(*pages, privacy="anonymous"))
    page = open_page(people.person(), width=360)
    page.goto(survey)
    tab_to(page, "main a.btn-primary")
    page.keyboard.press("Enter")
    for number, kind in enumerate(kinds, start=1):
        expect(page.locator(".kicker")).to_have_text(f"Survey, page {number} of {PAGES}")
        answer_by_keyboard(page, kind, f"{kind.replace('_', '-')}-{number}")
    expect(page.get_by_text(f"You have answered {PAGES} of {PAGES} questions.")).to_be_visible()
    tab_to(page, "main button.btn-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    (answers,) = people.answered(slug, "you")
    assert answers["single-1"] == "elms"
    assert answers["multiple-2"] == {"chosen": ["oaks"], "other": "Maples"}
    assert answers["yes-no-3"] is False
    assert answers["scale-4"] == 2
    assert answers["matrix-5"] == {"shade": 1, "noise": 1}
    assert answers["ranking-6"] == ["elms", "oaks"]
    assert answers["number-7"] == "12"
    assert answers["date-8"] == "2014-05-01"
    assert len(answers) == PAGES
    tab_to(page, "main a.btn-primary")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/c/{slug}$"))
    expect(page.get_by_text("You have answered.")).to_be_visible()


def test_somebody_goes_away_and_comes_back_and_corrects_a_mistake(
    open_page: OpenPage, people: People
) -> None:
    slug = people.consultation("Benches", ideas=1)
    said = document(
        section("one", question("role", "single", options=options("guest", "host"), required=True)),
        section("two", question("years", "number", most=50), question("why", "long_text")),
    )
    survey = people.survey(slug, said)
    person = people.person()
    page = open_page(person)
    page.goto(f"/c/{slug}")
    page.get_by_role("link", name="Answer the survey").click()
    page.get_by_role("link", name="Begin").click()
    page.get_by_role("button", name="Save and go on", exact=True).click()
    expect(page.locator(".invalid-feedback")).to_have_text("Answer this question to go on.")
    page.get_by_label("Host").check()
    page.get_by_role("button", name="Save and go on", exact=True).click()
    page.get_by_label("What years?").fill("a few")
    page.get_by_label("What why?").fill("Because of *the view*.")
    page.get_by_role("button", name="Save and go on", exact=True).click()
    expect(page.locator(".invalid-feedback")).to_have_text("Write a whole number in figures.")
    expect(page.get_by_label("What years?")).to_have_value("a few")
    page.get_by_label("What years?").fill("3")
    page.get_by_role("button", name="Save and go on another day").click()
    expect(page.get_by_text("Your answers so far are saved.")).to_be_visible()

    elsewhere = open_page(person, width=360, theme="dark")
    elsewhere.goto(f"{survey}/2")
    expect(elsewhere.get_by_label("What why?")).to_have_value("Because of *the view*.")
    elsewhere.get_by_role("button", name="Save and go on", exact=True).click()
    elsewhere.get_by_role("button", name="Hand in").click()
    expect(elsewhere.get_by_role("heading", name="Thank you!")).to_be_visible()
    assert people.answered(slug, "you") == [{"role": "host", "years": "3", "why": "Because of *the view*."}]


def test_a_facilitator_builds_a_survey_and_somebody_answers_it(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Ponds", ideas=1)
    page, other = open_page(people.facilitator(slug)), open_page(people.person(), width=360)
    page.goto(f"/c/{slug}/desk")
    page.get_by_role("link", name="Write and open surveys").click()
    page.get_by_role("link", name="Write a new survey").click()
    page.get_by_label("What the survey is called").fill("Ducks")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("There is no question yet.")).to_be_visible()
    page.get_by_text("Add a question to page 1").click()
    page.get_by_role("link", name="One choice").click()
    page.get_by_label("Text in English").fill("Do you feed them?")
    page.get_by_label("Line 1 in English").fill("Daily")
    page.get_by_label("Line 2 in English").fill("Never")
    page.get_by_role("button", name="Save in the draft").click()
    page.get_by_text("Add a question to page 1").click()
    page.get_by_role("link", name="A line of text").click()
    page.get_by_label("Text in English").fill("What do you feed them?")
    page.get_by_label("Condition 1", exact=True).select_option("do-you-feed-them|is|daily")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_text("Shown only if “Do you feed them?” is Daily")).to_be_visible()
    page.get_by_role("button", name="Up What do you feed them?").click()
    expect(page.get_by_text("which comes later; a condition looks back only")).to_be_visible()
    page.get_by_role("button", name="Down What do you feed them?").click()
    page.get_by_role("link", name="Preview it as a respondent").click()
    expect(page.get_by_text("This is a preview.")).to_be_visible()
    page.get_by_label("Daily").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("What do you feed them?")).to_be_visible()
    page.get_by_role("link", name="Back to writing the survey").click()
    page.get_by_role("button", name="Publish the draft").click()
    page.get_by_role("button", name="Open the survey").click()
    expect(page.get_by_role("button", name="Close it now")).to_be_visible()

    other.goto(f"/c/{slug}")
    other.get_by_role("link", name="Answer the survey").click()
    other.get_by_role("link", name="Begin").click()
    other.get_by_label("Never").check()
    other.get_by_role("button", name="Save and go on", exact=True).click()
    other.get_by_role("button", name="Hand in").click()
    expect(other.get_by_text("nobody can find them again")).to_be_visible()
