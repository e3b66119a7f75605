"""A synthesis is proposed, objected to, changed, signed, published and read."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People


def answer(page: Page, slug: str, version: int, choice: str, text: str = "") -> None:
    """Answer a version as the member whose page it is."""
    page.goto(f"/c/{slug}/synthesis/versions/{version}")
    page.get_by_label(choice, exact=True).check()
    if text:
        page.get_by_label("Your reservations or your objection").fill(text)
    page.get_by_role("button", name="Save my answer").click()
    expect(
        page.get_by_text("Saved. You can change your answer until the version is published.")
    ).to_be_visible()


def test_a_synthesis_is_proposed_and_objected_to(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Trees", ideas=3, is_closed=True)
    one, two, three = people.working_group(slug, 3)
    proposer, objector, third = open_page(one), open_page(two), open_page(three)

    proposer.goto(f"/c/{slug}/synthesis/versions")
    expect(proposer.get_by_text("Nothing has been published yet")).to_be_visible()
    proposer.get_by_label("What has changed, in a sentence or two").fill("Our first text.")
    proposer.get_by_role("button", name="Propose it to the group").click()
    expect(proposer.get_by_text("0 of 3 members have answered.")).to_be_visible()
    assert f"/c/{slug}/synthesis/versions/1" in people.site.mailed_link(two.email)

    objector.goto(f"/c/{slug}/synthesis/versions/1")
    objector.get_by_label("I object", exact=True).check()
    objector.get_by_role("button", name="Save my answer").click()
    expect(objector.get_by_text("Say in a sentence or two what you would want otherwise.")).to_be_visible()
    answer(objector, slug, 1, "I object", "The oaks are missing.")
    answer(third, slug, 1, "I approve")
    expect(third.get_by_text("1 objection waits for a reply.")).to_be_visible()
    third.get_by_label(f"The group’s answer to {two.name}").fill("We add them.")
    third.get_by_role("button", name="Save the answer").click()
    expect(third.get_by_text("The rule is met: any member can publish it.")).to_be_visible()


def test_a_change_is_asked_about_again_and_then_published(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Oaks", ideas=3, is_closed=True)
    one, two, three = people.working_group(slug, 3)
    proposer, objector, third = open_page(one), open_page(two), open_page(three)
    proposer.goto(f"/c/{slug}/synthesis/versions")
    proposer.get_by_role("button", name="Propose it to the group").click()
    answer(objector, slug, 1, "I object", "The oaks are missing.")

    people.write_heading(one, slug, "Oaks and other trees")
    proposer.goto(f"/c/{slug}/synthesis/versions")
    proposer.get_by_role("button", name="Propose it to the group").click()
    expect(proposer.get_by_role("heading", name="Oaks and other trees")).to_be_visible()

    objector.goto(f"/c/{slug}/synthesis/versions/1")
    expect(objector.get_by_text("This version was proposed and is no longer being signed.")).to_be_visible()
    objector.goto(f"/c/{slug}/synthesis/versions/2")
    expect(
        objector.get_by_text("You have answered version 1: objects. Only this has changed since:")
    ).to_be_visible()
    objector.get_by_role("link", name="See the changes word by word").click()
    expect(objector.locator("ins").first).to_contain_text("Oaks")
    answer(objector, slug, 2, "I approve with reservations", "Name the oaks.")
    answer(third, slug, 2, "I approve")
    third.get_by_text("Write a minority report").click()
    third.get_by_label("Title", exact=True).fill("The birches")
    third.get_by_label("What you see otherwise").fill("Birches are *trees* too.")
    third.get_by_role("button", name="Save the report").click()
    expect(third.get_by_text("Saved. Others can put their name to it.")).to_be_visible()
    objector.goto(f"/c/{slug}/synthesis/versions/2")
    objector.get_by_role("button", name="Put my name to it").click()
    expect(objector.get_by_role("button", name="Take my name back")).to_be_visible()

    reader = open_page()
    refused = reader.goto(f"/c/{slug}/synthesis/versions/2")
    assert refused is not None
    assert refused.status == 404
    third.goto(f"/c/{slug}/synthesis/versions/2")
    third.get_by_role("button", name="Publish version 2").click()
    expect(third.get_by_text("Published. Everybody can read it at this address, for good.")).to_be_visible()

    reader.goto(f"/c/{slug}/synthesis/versions")
    reader.get_by_role("link", name="Version 2").click()
    expect(reader.get_by_role("heading", name="Oaks and other trees")).to_be_visible()
    expect(reader.get_by_text("Name the oaks.")).to_be_visible()
    expect(reader.get_by_role("heading", name="The birches")).to_be_visible()
    expect(
        reader.get_by_text(re.compile(r"Working group of “Oaks \(en\)”: Oaks and other trees\. Version 2"))
    ).to_be_visible()
    feed = reader.request.get(f"/c/{slug}/synthesis/versions.atom")
    assert feed.ok
    assert f"/c/{slug}/synthesis/versions/2" in feed.text()


def test_what_was_written_too_late_is_kept(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Late", ideas=2, is_closed=True)
    one, two = people.working_group(slug, 2)
    proposer, late = open_page(one), open_page(two)
    proposer.goto(f"/c/{slug}/synthesis/versions")
    proposer.get_by_role("button", name="Propose it to the group").click()
    late.goto(f"/c/{slug}/synthesis/versions/1")
    late.get_by_label("I object", exact=True).check()
    late.get_by_label("Your reservations or your objection").fill("A long thought.")
    proposer.get_by_role("button", name="Take this version back").click()
    expect(proposer.get_by_text("Taken back.")).to_be_visible()
    late.get_by_role("button", name="Save my answer").click()
    expect(late.get_by_role("heading", name="Too late for this version")).to_be_visible()
    expect(late.get_by_label("Your reservations or your objection")).to_have_value("A long thought.")
