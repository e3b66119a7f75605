"""Writing an idea and putting words on it."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.journeys.site import SLUG

THREAD = f"/c/{SLUG}/threads/5"


def test_an_idea_that_is_too_long_is_kept_and_posted_once_it_is_shorter(
    open_page: OpenPage, people: People, scripts: bool
) -> None:
    page, thread = open_page(people.person()), f"/c/{people.consultation('Long')}/threads/1"
    statement = f"Share one calendar of open days {'with' if scripts else 'without'} scripts."
    reasons = "Because *nobody* knows what the others do."

    page.goto(thread)
    page.get_by_label("Your idea in one sentence").fill(statement + " And more." * 30)
    page.get_by_text("Say more (optional)").first.click()
    page.get_by_label("Say more (optional)").fill(reasons)
    page.get_by_role("button", name="Post the idea").click()

    field = page.get_by_label("Your idea in one sentence")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    assert field.input_value().startswith(statement)
    expect(page.get_by_label("Say more (optional)")).to_have_value(reasons)

    field.fill(statement)
    if scripts:
        expect(page.locator("#statement-left")).to_have_text(f"{280 - len(statement)} characters left")
    page.get_by_role("button", name="Post the idea").click()
    expect(page.get_by_text("Your idea is posted")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(statement)
    expect(page.locator("em", has_text="nobody")).to_be_visible()

    page.goto(thread)
    expect(page.get_by_label("Your idea in one sentence")).to_have_value("")
    expect(page.locator("article.idea", has_text=statement)).to_be_visible()


def test_an_empty_idea_is_refused_at_its_field(open_page: OpenPage, people: People) -> None:
    page = open_page(people.person())
    page.goto(THREAD)
    page.get_by_label("Your idea in one sentence").fill("   ")
    page.get_by_role("button", name="Post the idea").click()
    expect(page.get_by_label("Your idea in one sentence")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".invalid-feedback").first).to_be_visible()


def test_an_author_changes_the_wording_and_everybody_can_see_what_changed(
    open_page: OpenPage, people: People
) -> None:
    author, slug = open_page(people.person()), people.consultation("Changing")
    address = post_idea(author, f"/c/{slug}/threads/1", "Invite the local historians.")
    author.get_by_role("link", name="Change the wording").click()
    author.get_by_label("Your idea in one sentence").fill("Invite the local historians every spring.")
    author.get_by_role("button", name=re.compile("^Save")).click()
    expect(author.get_by_text("The new wording is saved.")).to_be_visible()

    reader = open_page()
    reader.goto(address)
    reader.get_by_role("link", name="See what changed").click()
    expect(reader.locator("ins").first).to_contain_text("every spring")


def test_somebody_writes_what_is_there_already_and_votes_for_that_instead(
    open_page: OpenPage, people: People, scripts: bool
) -> None:
    slug = people.consultation("Said before", ideas=3)
    page = open_page(people.person())
    page.goto(f"/c/{slug}/threads/1")
    page.get_by_label("Your idea in one sentence").press_sequentially("We could plant tree number two")
    if not scripts:
        page.get_by_role("button", name="Post the idea").click()
    expect(page.get_by_role("heading", name="3 ideas here say nearly the same")).to_be_visible()
    expect(page.get_by_label("Your idea in one sentence")).to_have_value("We could plant tree number two")

    hint = page.locator(".hint li", has_text="Plant tree number 2.")
    hint.get_by_role("button", name="Agree with this one instead").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plant tree number 2.")
    expect(page.get_by_role("article").get_by_text("You agree.")).to_be_visible()

    page.goto(f"/c/{slug}/threads/1")
    expect(page.locator("article.idea")).to_have_count(3)
    if scripts:
        # What was typed is still there for whoever thinks again.
        expect(page.get_by_label("Your idea in one sentence")).to_have_value("We could plant tree number two")


def test_somebody_says_that_theirs_is_different_and_posts_it_with_all_they_typed(
    open_page: OpenPage, people: People, scripts: bool
) -> None:
    slug = people.consultation("Said otherwise", ideas=1)
    page = open_page(people.person())
    page.goto(f"/c/{slug}/threads/1")
    page.get_by_text("Say more (optional)").first.click()
    page.get_by_label("Say more (optional)").fill("Trees that *others* plant.")
    page.get_by_label("Your idea in one sentence").press_sequentially("Plant no tree, number them")
    if not scripts:
        page.get_by_role("button", name="Post the idea").click()
    expect(page.get_by_role("heading", name="1 idea here says nearly the same")).to_be_visible()
    page.get_by_role("button", name="Mine is different, post it").click()
    expect(page.get_by_text("Your idea is posted")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plant no tree, number them")
    expect(page.locator("em", has_text="others")).to_be_visible()


def test_somebody_tags_an_idea_and_a_facilitator_takes_a_suggestion_into_the_list(
    open_page: OpenPage, people: People
) -> None:
    slug = people.consultation("Tagging", ideas=1)
    facilitator = open_page(people.facilitator(slug))
    page = open_page(people.person())
    page.goto(f"/c/{slug}/ideas/1")
    _suggest(page, "hedgehogs")
    expect(page.get_by_text("Your tag waits for a facilitator.")).to_be_visible()

    stranger = open_page()
    stranger.goto(f"/c/{slug}/ideas/1")
    expect(stranger.locator("#tags").get_by_text("hedgehogs")).to_have_count(0)

    facilitator.goto(f"/c/{slug}/desk")
    facilitator.get_by_role("button", name="Accept hedgehogs").click()
    expect(facilitator.get_by_text("The tag is in the vocabulary.")).to_be_visible()

    other = open_page(people.person())
    other.goto(f"/c/{slug}/ideas/1")
    other.get_by_label("Add a tag").select_option(label="hedgehogs")
    other.get_by_role("button", name="Add the tag").click()
    expect(other.get_by_text("The tag is on the idea.")).to_be_visible()
    expect(other.locator("#tags")).to_contain_text("put on by 2 people")

    stranger.goto(f"/c/{slug}/threads/1")
    stranger.locator("article.idea ul.tags a", has_text="hedgehogs").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("hedgehogs")
    expect(stranger.locator("article.idea")).to_have_count(1)
    stranger.get_by_role("link", name="Question 1:").click()
    expect(stranger.locator("a.tag[aria-current=true]")).to_contain_text("hedgehogs")
    expect(stranger.locator("article.idea")).to_have_count(1)


def post_idea(page: Page, thread: str, statement: str) -> str:
    """Post an idea from the thread's page; return its address."""
    page.goto(thread)
    page.get_by_label("Your idea in one sentence").fill(statement)
    page.get_by_role("button", name="Post the idea").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(statement)
    return page.url.split("#")[0]  # the form's own place on the page goes along


def _suggest(page: Page, name: str) -> None:
    page.get_by_label("Or suggest a new one").fill(name)
    page.get_by_role("button", name="Add the tag").click()
