"""The synthesis as files: each is what it says it is, and they agree with each other."""

import csv
import io
import json
from pathlib import Path

import html5lib
import mwparserfromhell
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.site import SLUG

TITLE = "Alliances and partnerships"


def test_somebody_takes_the_synthesis_along_in_the_formats_that_are_text(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"/c/{SLUG}/synthesis")
    files = {name: _download(page, name) for name in ("Markdown", "HTML", "Wikitext", "CSV", "JSON")}

    assert files["Markdown"].startswith("# ")
    assert TITLE in files["Markdown"]

    assert files["HTML"].casefold().startswith("<!doctype html>")
    page_in_file = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(files["HTML"])
    assert TITLE in "".join(page_in_file.find("head/title").itertext())
    assert page_in_file.find(".//script") is None

    headings = mwparserfromhell.parse(files["Wikitext"]).filter_headings()
    assert len(headings) > 7

    rows = list(csv.DictReader(io.StringIO(files["CSV"].removeprefix("\N{BYTE ORDER MARK}"))))
    document = json.loads(files["JSON"])
    ideas = [idea for thread in document["threads"] for idea in thread["ideas"]]
    assert len(document["threads"]) == 7
    assert len(rows) == len(ideas) > 100


def test_one_question_can_be_taken_along_alone(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"/c/{SLUG}/synthesis?thread=3")
    document = json.loads(_download(page, "JSON"))
    assert [thread["number"] for thread in document["threads"]] == [3]
    page.goto(f"/c/{SLUG}/synthesis")
    expect(page.get_by_role("link", name="This question alone")).to_have_count(7)


def _download(page: Page, name: str) -> str:
    with page.expect_download() as started:
        page.get_by_role("complementary").get_by_role("link", name=name, exact=True).click()
    extension = {"Markdown": "md", "Wikitext": "wiki"}.get(name, name.lower())
    assert Path(started.value.suggested_filename).suffix.startswith(f".{extension[:2]}")
    return Path(started.value.path()).read_text(encoding="utf-8")
