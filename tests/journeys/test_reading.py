"""Reading and searching need no account and leave nothing behind."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.journeys.site import SLUG

TITLE = "Alliances and partnerships"


def test_a_visitor_reads_from_home_to_the_synthesis_and_gets_no_cookie(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name="7 questions")).to_be_visible()

    page.locator(".question h3 a").first.click()
    expect(page).to_have_url(re.compile(r"/threads/1$"))
    assert page.locator("article.idea").count() > 10

    statement = page.locator("article.idea h3").first.inner_text()
    page.locator("article.idea h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(statement)
    expect(page.get_by_role("button", name="Agree", exact=True)).to_be_visible()
    expect(page.locator(".result")).to_have_count(0)

    page.get_by_role("contentinfo").get_by_role("link", name="Background and glossary").click()
    expect(page.get_by_role("heading", name="Glossary", exact=True)).to_be_visible()

    page.get_by_role("navigation", name="Consultation").get_by_role("link", name="Synthesis").click()
    expect(page.get_by_role("heading", name="What the votes say so far")).to_be_visible()
    expect(page.locator(".finding").first).to_be_visible()
    assert page.context.cookies() == []


def test_a_visitor_who_wants_to_vote_is_asked_to_sign_in_and_comes_back(
    open_page: OpenPage, people: People
) -> None:
    slug = people.consultation("With an account", ideas=1)
    page = open_page()
    page.goto(f"/c/{slug}/threads/1")
    page.locator("article.idea").first.get_by_role("button", name="Agree", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert f"/c/{slug}/threads/1#idea-" in page.locator("input[name=next]").input_value()


def test_a_search_finds_other_forms_of_a_word_and_says_when_it_finds_nothing(open_page: OpenPage) -> None:
    page = open_page(locale="sv")
    page.goto(f"/c/{SLUG}/threads/1")
    everything = page.locator("article.idea").count()

    # The ideas say "tillgång". Nobody has to guess in which form a word was written.
    page.get_by_role("searchbox").fill("tillgångar")
    page.locator("form[role=search] button").click()
    expect(page).to_have_url(re.compile("q=tillg"))
    found = page.locator("article.idea")
    assert 0 < found.count() < everything
    expect(found.filter(has_text="tillgångar")).to_have_count(0)
    expect(found.filter(has_text="en tillgång").first).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("tillgångar")

    page.get_by_role("searchbox").fill("hjulångare")
    page.locator("form[role=search] button").click()
    expect(page.locator(".empty")).to_be_visible()
    expect(found).to_have_count(0)
    page.locator(".empty a").click()
    expect(found).to_have_count(everything)


def test_a_page_that_is_not_there_says_so_and_leads_on(open_page: OpenPage) -> None:
    page = open_page()
    answer = page.goto(f"/c/{SLUG}/ideas/99999")
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", name="We cannot find that page")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
