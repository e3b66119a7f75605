"""Talking about an idea, with and without scripts."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.journeys.site import Site


def test_two_people_talk_about_an_idea_and_one_changes_a_word(
    open_page: OpenPage, people: People, site: Site
) -> None:
    slug = people.consultation("Talking", ideas=1)
    first, second = open_page(people.person()), open_page(people.person(), width=360)
    first.goto(f"/c/{slug}/threads/1")
    expect(first.get_by_role("link", name=re.compile("comment"))).to_have_count(0)
    first.goto(f"/c/{slug}/ideas/1")
    first.get_by_label("Write a comment").fill("Which *trees*?")
    first.get_by_role("button", name="Post the comment").click()
    expect(first.locator("#comment-1 em")).to_have_text("trees")
    assert first.url.endswith("#comment-1")

    first.locator("#comment-1 .comment-by a").click()
    first.get_by_role("link", name="Change the wording").click()
    first.get_by_label("Your comment").fill("Which old *trees*?")
    first.get_by_role("button", name="Save the wording").click()
    first.get_by_role("link", name="edited").click()
    expect(first.locator("ins").first).to_contain_text("old")

    second.goto(f"/c/{slug}/threads/1")
    second.get_by_role("link", name=re.compile("^1 comment")).click()
    second.get_by_role("link", name="Answer comment 1").click()
    second.get_by_label("Write an answer").fill("Oaks.")
    second.get_by_role("button", name="Post the answer").click()
    expect(second.locator("#comment-2")).to_contain_text("Oaks.")

    first.goto(f"/c/{slug}/comments/1")
    expect(first.get_by_role("link", name="Change the wording")).to_have_count(0)
    first.get_by_text("Withdraw it").click()
    first.get_by_role("button", name="Withdraw the comment").click()
    expect(first.get_by_text("The author has withdrawn this comment.")).to_be_visible()
    expect(first.locator("#comment-2")).to_contain_text("Oaks.")


def test_what_is_refused_or_sent_after_the_sign_in_has_ended_is_kept(
    open_page: OpenPage, people: People
) -> None:
    slug = people.consultation("Keeping", ideas=1)
    page = open_page(people.person())
    page.goto(f"/c/{slug}/ideas/1")
    page.get_by_label("Write a comment").fill("x" * 2_001)
    page.get_by_role("button", name="Post the comment").click()
    expect(page.locator("#comments .invalid-feedback")).to_contain_text("2001 characters")
    expect(page.get_by_label("Write a comment")).to_have_value("x" * 2_001)

    page.get_by_label("Write a comment").fill("A thought that took a while.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Post the comment").click()
    expect(page.locator("main textarea")).to_have_value("A thought that took a while.")
