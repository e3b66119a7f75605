"""Somebody flags, a facilitator decides, the author appeals, another facilitator overturns."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People


def test_a_flag_is_decided_appealed_and_overturned(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Appealing")
    author, flagger = open_page(people.person(), width=360), open_page(people.person())
    first, second = open_page(people.facilitator(slug)), open_page(people.facilitator(slug))
    author.goto(f"/c/{slug}/threads/1")
    author.get_by_label("Your idea in one sentence").fill("Buy your benches from my uncle.")
    author.get_by_role("button", name="Post the idea").click()
    expect(author.get_by_role("heading", level=1)).to_have_text("Buy your benches from my uncle.")
    idea = f"/c/{slug}/ideas/1"

    flagger.goto(idea)
    flagger.get_by_role("link", name="Flag the idea").click()
    flagger.get_by_role("radio").first.check()
    flagger.get_by_label("What is wrong with it?").fill("It is an advert.")
    flagger.get_by_role("button", name="Send it to the facilitators").click()
    expect(flagger.get_by_text("A facilitator looks at it.")).to_be_visible()

    first.goto(f"/c/{slug}/desk")
    expect(first.locator("#waiting")).to_contain_text("It is an advert.")
    first.locator("#waiting").get_by_role("link", name=re.compile("^Hide")).click()
    expect(first.get_by_role("radio").first).to_be_checked()
    first.get_by_label("How does it break the rule?").fill("It sells benches.")
    first.get_by_role("button", name="Hide the idea").click()
    expect(first.get_by_text("is hidden. The author is told why.")).to_be_visible()
    expect(first.locator("#waiting")).to_contain_text("Nothing waits.")

    author.goto(idea)
    author.get_by_role("link", name="The decision, and how to appeal").click()
    author.get_by_label("What is wrong with the decision?").fill("He gives them away.")
    author.get_by_role("button", name="Send the appeal").click()
    expect(author.get_by_text("Your appeal is sent.")).to_be_visible()
    expect(author.get_by_role("button", name="Send the appeal")).to_have_count(0)

    first.goto(f"/c/{slug}/desk")
    expect(first.locator("#waiting")).to_contain_text("You made this decision.")
    first.get_by_role("link", name="Decide …").click()
    expect(first.get_by_role("button", name="Overturn the decision")).to_have_count(0)

    second.goto(f"/c/{slug}/desk")
    second.get_by_role("link", name="Decide …").click()
    expect(second.get_by_text("He gives them away.")).to_be_visible()
    second.get_by_label("Why?").first.fill("Then it is no advert.")
    second.get_by_role("button", name="Overturn the decision").click()
    expect(second.get_by_text("Decided. The person concerned is told")).to_be_visible()

    flagger.goto(idea)
    expect(flagger.get_by_role("heading", level=1)).to_have_text("Buy your benches from my uncle.")
    flagger.goto(f"/c/{slug}/log")
    expect(flagger.get_by_text("was overturned")).to_be_visible()
    expect(flagger.get_by_text("Appealed, and overturned")).to_be_visible()
    expect(flagger.get_by_text("He gives them away.")).to_have_count(0)
    expect(flagger.locator("#figures")).to_contain_text("1 of 1")


def test_many_things_are_decided_and_undone_together(
    open_page: OpenPage, people: People, scripts: bool
) -> None:
    slug = people.consultation("Together", ideas=3)
    flagger, page = open_page(people.person()), open_page(people.facilitator(slug))
    for number in (1, 2, 3):
        flagger.goto(f"/c/{slug}/ideas/{number}/flag")
        flagger.get_by_role("radio").first.check()
        flagger.get_by_role("button", name="Send it to the facilitators").click()
    page.goto(f"/c/{slug}/desk")
    if scripts:
        for key in ("j", "x", "j", "x"):
            page.keyboard.press(key)
    else:
        for box in page.locator("#waiting input[type=checkbox]").all()[:2]:
            box.check()
    page.get_by_role("button", name="Hide or decline them …").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hide 2 things?")
    page.get_by_role("radio").first.check()
    page.get_by_label("Why?").fill("All three are adverts.")
    page.get_by_role("button", name="Hide or decline them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 decisions")
    page.get_by_label("Why?").fill("They are not.")
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.get_by_text("Undone: 2.")).to_be_visible()
    flagger.goto(f"/c/{slug}/ideas/1")
    expect(flagger.get_by_role("heading", level=1)).to_have_text("Plant tree number 1.")
