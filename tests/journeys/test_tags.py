"""The vocabulary: what a facilitator makes of it, and where a reader comes by it."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People


def test_a_facilitator_renames_merges_and_parts_tags_and_old_links_go_on(
    open_page: OpenPage, people: People
) -> None:
    slug = people.consultation("Vocabulary", ideas=1)
    person, facilitator = open_page(people.person()), open_page(people.facilitator(slug))
    for name in ("hedges", "bushes"):
        _suggest(person, slug, name)
        facilitator.goto(f"/c/{slug}/desk")
        facilitator.get_by_role("button", name=f"Accept {name}").click()
        expect(facilitator.get_by_text("The tag is in the vocabulary.")).to_be_visible()

    facilitator.locator("#vocabulary").get_by_role("link", name="hedges").click()
    name = facilitator.get_by_label("Name in English")
    name.fill("bushes")
    facilitator.get_by_role("button", name="Rename (English)").or_(
        facilitator.get_by_role("button", name="Save (English)")
    ).click()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(facilitator.get_by_text("Another tag has that name. Merge them instead.")).to_be_visible()
    name.fill("green walls")
    facilitator.get_by_role("button", name="Rename (English)").or_(
        facilitator.get_by_role("button", name="Save (English)")
    ).click()
    expect(facilitator.get_by_text("The tag has its new name.")).to_be_visible()

    facilitator.get_by_label("Merge into", exact=True).select_option(label="bushes")
    facilitator.get_by_role("button", name="Merge", exact=True).click()
    expect(facilitator.get_by_text("The tags are merged.")).to_be_visible()
    expect(facilitator.get_by_role("heading", level=1)).to_have_text("bushes")

    reader = open_page()
    reader.goto(f"/c/{slug}/tags/hedges")
    expect(reader.get_by_text("You came by the tag “green walls”.")).to_be_visible()
    expect(reader.locator("article.idea")).to_have_count(1)
    person.goto(f"/c/{slug}/ideas/1")
    expect(person.locator("#tags").get_by_text("put on by 1 person")).to_have_count(1)

    facilitator.get_by_text("Part “green walls” again").click()
    facilitator.get_by_label("Why are they two?").fill("A hedge is no bush.")
    facilitator.get_by_role("button", name="Part the tags").click()
    expect(facilitator.get_by_text("The tag stands on its own again.")).to_be_visible()
    expect(facilitator.get_by_role("heading", level=1)).to_have_text("green walls")
    person.reload()
    expect(person.locator("#tags").get_by_text("put on by 1 person")).to_have_count(2)
    reader.goto(f"/c/{slug}/log")
    expect(reader.get_by_text("A hedge is no bush.")).to_be_visible()


def test_a_reader_goes_from_an_idea_to_its_tag_and_from_there_to_the_vocabulary(
    open_page: OpenPage, people: People
) -> None:
    slug = people.consultation("Readers", ideas=1)
    _suggest(open_page(people.person()), slug, "meadows")
    facilitator = open_page(people.facilitator(slug))
    facilitator.goto(f"/c/{slug}/desk")
    facilitator.get_by_role("button", name="Accept meadows").click()

    page = open_page(people.person())
    page.goto(f"/c/{slug}/threads/1")
    page.get_by_role("main").locator("article.idea ul.tags a", has_text="meadows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("meadows")
    idea = page.locator("article.idea").first
    idea.get_by_role("button", name="Agree", exact=True).click()
    expect(idea.get_by_text("You agree.")).to_be_visible()
    page.get_by_label("Order by").select_option("newest")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("article.idea")).to_have_count(1)
    page.get_by_role("link", name="All tags").first.click()
    expect(page.get_by_role("list", name="Tags")).to_contain_text("1 idea")


def _suggest(page: Page, slug: str, name: str) -> None:
    page.goto(f"/c/{slug}/ideas/1")
    page.get_by_label("Or suggest a new one").fill(name)
    page.get_by_role("button", name="Add the tag").click()
    expect(page.get_by_text("Your tag waits for a facilitator.")).to_be_visible()
