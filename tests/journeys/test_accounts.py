"""Signing up, and choosing a language."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.journeys.site import SLUG, Site

PASSWORD = "seven questions, one long evening"
THREAD = f"/c/{SLUG}/threads/3"


def test_somebody_signs_up_with_a_mailed_link_and_lands_where_they_came_from(
    open_page: OpenPage, people: People, site: Site, scripts: bool
) -> None:
    thread = f"/c/{people.consultation('By mail', ideas=1)}/threads/1"
    email = f"new-{'with' if scripts else 'without'}-scripts@example.org"
    page = open_page()
    page.goto(thread)
    page.get_by_role("link", name="Sign in to write").click()
    page.get_by_role("main").get_by_role("link", name="Sign up").click()

    _sign_up(page, "Kim", email, "too short")
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_have_value("Kim")
    expect(page.get_by_label("E-mail address")).to_have_value(email)

    _sign_up(page, "Kim", email, PASSWORD)
    expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible()

    page.goto(site.mailed_link(email))
    page.get_by_label("The password you chose").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and sign in").click()
    expect(page).to_have_url(re.compile(re.escape(thread)))
    expect(page.get_by_text("Your address is confirmed. Welcome!")).to_be_visible()
    expect(page.get_by_role("button", name="Post the idea")).to_be_visible()
    expect(page.get_by_role("link", name="My pages")).to_be_visible()


def test_a_visitor_changes_the_language_and_comes_back_to_the_page(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(THREAD)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Language: English").click()
    page.get_by_role("radio", name="svenska").check()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(re.escape(THREAD)))
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"language", "theme", "deliberation"}


def test_somebody_who_is_signed_in_keeps_the_language_with_the_account(
    open_page: OpenPage, people: People
) -> None:
    person = people.person()
    page = open_page(person)
    page.goto("/account")
    page.get_by_label("Language").select_option("sv")
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")

    elsewhere = open_page(person)
    elsewhere.goto(THREAD)
    expect(elsewhere.locator("html")).to_have_attribute("lang", "sv")
    expect(elsewhere.locator("html")).to_have_attribute("data-bs-theme", "dark")


def _sign_up(page: Page, name: str, email: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign up").click()
