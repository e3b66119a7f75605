"""Bringing a wiki's discussion and a spreadsheet in, with and without scripts."""

from playwright.sync_api import expect

from tests.exchange.discussions import SWEDISH
from tests.journeys.conftest import OpenPage
from tests.journeys.people import People


def test_a_facilitator_imports_a_talk_page(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Talk page")
    page = open_page(people.facilitator(slug))
    page.goto(f"/c/{slug}/desk")
    page.get_by_role("link", name="Import a talk page or a spreadsheet").click()
    page.get_by_role("link", name="A discussion from a wiki").click()
    page.get_by_label("The page’s wikitext").fill(SWEDISH)
    page.get_by_label("Where the texts come from").fill("Diskussion:Parken")
    page.get_by_label("Their language").select_option("sv")
    page.get_by_role("button", name="See what becomes of it").click()

    expect(page.locator(".import-row")).to_have_count(5)
    page.locator("#statement-1").fill("x" * 281)
    page.locator("#author-3").fill("Eva Ek")
    page.get_by_role("button", name="Import all of it").click()
    expect(page.get_by_text("Nothing has been imported.")).to_be_visible()
    page.get_by_role("link", name="Text 1").first.click()
    expect(page.locator("#author-3")).to_have_value("Eva Ek")
    page.locator("#statement-1").fill("Låt alla översätta sidan.")
    page.get_by_role("button", name="Import all of it").click()
    expect(page.get_by_text("Imported: 1 idea and 4 comments.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("were imported from a talk page")

    visitor = open_page(width=360)
    visitor.goto(f"/c/{slug}/ideas/1")
    expect(visitor.locator("h1")).to_have_text("Låt alla översätta sidan.")
    expect(visitor.locator("#comments")).to_contain_text("Skrivet av Eva Ek, 7 juli 2010.")


def test_a_facilitator_imports_a_spreadsheet(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Spreadsheet")
    page = open_page(people.facilitator(slug), width=360)
    page.goto(f"/c/{slug}/import/spreadsheet")
    lines = "Idea;Author\nAsk the museums.;Åsa\n;Bo\n"
    page.get_by_label("The file").set_input_files(
        {"name": "ideas.csv", "mimeType": "text/csv", "buffer": lines.encode("cp1252")}
    )
    page.get_by_role("button", name="Go on to the columns").click()
    page.get_by_role("button", name="See what becomes of it").click()
    expect(page.get_by_text("Line 3:")).to_be_visible()
    page.get_by_role("link", name="Upload another file").click()
    page.get_by_label("The file").set_input_files(
        {"name": "ideas.csv", "mimeType": "text/csv", "buffer": lines.replace(";Bo\n", "").encode("cp1252")}
    )
    page.get_by_role("button", name="Go on to the columns").click()
    page.get_by_role("button", name="See what becomes of it").click()
    expect(page.locator("#author-1")).to_have_value("Åsa")
    page.get_by_role("button", name="Import all of it").click()
    expect(page.get_by_text("Imported: 1 idea and 0 comments.")).to_be_visible()
