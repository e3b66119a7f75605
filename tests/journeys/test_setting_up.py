"""A consultation from nothing to its first idea, in a browser with and without scripts."""

import re
from itertools import count

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People

_serial = count(1)


def fill(page: Page, label: str, words: str) -> None:
    page.get_by_label(label).first.fill(words)


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def test_a_consultation_is_written_from_nothing_and_opened(open_page: OpenPage, people: People) -> None:
    slug = f"meadow-{next(_serial)}"
    organiser = open_page(people.organiser())
    organiser.goto("/account")
    organiser.get_by_role("link", name="Write a new consultation").click()
    press(organiser, "Begin the draft")
    expect(organiser.locator("#title-error")).to_contain_text("This is needed.")
    fill(organiser, "Title", "The meadow")
    fill(organiser, "Address", slug)
    organiser.get_by_label("Written first in").select_option("en")
    organiser.get_by_text("Further languages").first.click()
    organiser.get_by_label("Swedish").check()
    press(organiser, "Begin the draft")
    expect(organiser.get_by_role("heading", level=1)).to_have_text("Ready to open? Not yet")
    stranger = open_page(people.person())
    assert stranger.goto(f"/c/{slug}").status == 404  # type: ignore[union-attr]

    _write_texts(organiser, slug)
    _look_and_open(organiser, slug)
    stranger.goto(f"/c/{slug}/threads/1")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Who mows it?")
    stranger.locator("textarea[name=statement]").fill("The sheep mow it.")
    with stranger.expect_navigation():
        stranger.locator("main form:has(textarea[name=statement]) button.btn-primary").first.click()
    stranger.goto(f"/c/{slug}/threads/1")
    expect(stranger.get_by_text("The sheep mow it.").first).to_be_visible()


def _write_texts(organiser: Page, slug: str) -> None:
    """Do what the list says, one thing after the other."""
    organiser.get_by_role("link", name="Do this next").click()
    fill(organiser, "Introduction", "Come *in*. [Read](javascript:alert(1))")
    press(organiser, "See how it looks")
    expect(organiser.locator(".setup-look em")).to_have_text("in")
    expect(organiser.get_by_text("Nothing is saved yet.")).to_be_visible()
    press(organiser, "Save")
    expect(organiser.locator(".flash.is-done")).to_contain_text("Saved.")

    organiser.goto(f"/c/{slug}/setup")
    organiser.get_by_role("link", name="Do this next").click()
    for question in ("What grows here?", "Who mows it?"):
        organiser.get_by_role("link", name="Add a question").click()
        fill(organiser, "Question", question)
        press(organiser, "Add the question")
    with organiser.expect_navigation():
        organiser.get_by_role("button", name="Move question 2 up").click()
    expect(organiser.locator(".setup-name").first).to_have_text("Who mows it?")
    organiser.get_by_role("link", name="missing in Swedish").first.click()
    expect(organiser.get_by_text("There is no text in Swedish yet.")).to_be_visible()
    fill(organiser, "Question", "Vem slår den?")
    press(organiser, "Save")

    organiser.goto(f"/c/{slug}/setup")
    organiser.get_by_role("link", name="Do this next").click()
    organiser.get_by_role("link", name="Add a rule").click()
    fill(organiser, "Heading", "Keep to the meadow")
    fill(organiser, "Text", "Other fields have consultations of their own.")
    press(organiser, "Add it")


def _look_and_open(organiser: Page, slug: str) -> None:
    """See it as a participant will, and begin gathering."""
    organiser.goto(f"/c/{slug}/setup/preview")
    expect(organiser.get_by_role("heading", level=1)).to_have_text("The meadow")
    expect(organiser.get_by_text("This is how a participant sees it")).to_be_visible()
    organiser.get_by_role("link", name="Back to set-up").click()
    expect(organiser.get_by_role("heading", level=1)).to_have_text("Ready to open")
    press(organiser, "Begin gathering now")
    expect(organiser.get_by_text("Gathering has begun.")).to_be_visible()


def test_two_facilitators_edit_one_text_and_neither_loses_a_word(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Two hands", ideas=1)
    first, second = open_page(people.facilitator(slug)), open_page(people.facilitator(slug))
    for page in (first, second):
        page.goto(f"/c/{slug}/setup/words")
    fill(first, "Introduction", "What the first one wrote.")
    press(first, "Save")
    fill(second, "Introduction", "What the second one wrote.")
    press(second, "Save")
    expect(second.get_by_text("Somebody else changed this text")).to_be_visible()
    expect(second.get_by_label("Introduction")).to_have_value("What the second one wrote.")
    expect(second.get_by_text("What the first one wrote.")).to_be_visible()
    press(second, "Save")
    expect(second.locator(".flash.is-done")).to_contain_text("Saved.")

    reader = open_page()
    reader.goto(f"/c/{slug}/log")
    reader.get_by_role("link", name="See what changed").first.click()
    expect(reader.locator("del")).to_contain_text("first")
    expect(reader.locator("ins")).to_contain_text("second")


def test_somebody_is_invited_by_mail_and_leaves_again(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Open doors")
    facilitator, guest = open_page(people.facilitator(slug)), people.person()
    facilitator.goto(f"/c/{slug}/setup/people")
    expect(facilitator.get_by_text("The last facilitator stays")).to_be_visible()
    fill(facilitator, "E-mail address", guest.email)
    press(facilitator, "Send the invitation")
    link = facilitator.locator(".setup-link").inner_text()
    facilitator.goto(f"/c/{slug}/setup/people")
    expect(facilitator.locator(".setup-link")).to_have_count(0)

    invited = open_page(guest)
    invited.goto(re.sub(r"^https?://[^/]+", "", link.strip()))
    press(invited, "Accept")
    invited.goto(f"/c/{slug}/setup/people")
    facilitator.reload()
    facilitator.get_by_text("Take the role back").last.click()
    with facilitator.expect_navigation():
        facilitator.get_by_role("button", name=f"Yes, take the role back from {guest.name}").click()
    expect(facilitator.get_by_text("The role is taken back.")).to_be_visible()
    assert invited.goto(f"/c/{slug}/setup/people").status == 403  # type: ignore[union-attr]


def test_a_participant_adds_a_link_and_a_facilitator_hides_it(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Signposts")
    facilitator, participant = open_page(people.facilitator(slug)), open_page(people.person())
    facilitator.goto(f"/c/{slug}/setup/background/proposal_category")
    facilitator.get_by_role("link", name="Add a category").click()
    fill(facilitator, "Heading", "Elsewhere")
    fill(facilitator, "Text", "What others propose.")
    press(facilitator, "Add it")

    participant.goto(f"/c/{slug}/background")
    participant.get_by_role("link", name="Add a link").click()
    fill(participant, "What it is called", "A charter")
    fill(participant, "Address on the web", "javascript:alert(1)")
    press(participant, "Add the link")
    expect(participant.get_by_text("begins with http:// or https://").last).to_be_visible()
    fill(participant, "Address on the web", "https://example.org/charter")
    press(participant, "Add the link")
    expect(participant.get_by_role("link", name="A charter", exact=True)).to_be_visible()

    facilitator.goto(f"/c/{slug}/background")
    facilitator.get_by_role("link", name="Hide: A charter").click()
    facilitator.get_by_role("radio").first.check()
    fill(facilitator, "Reason, which everybody can read", "It sells something.")
    press(facilitator, "Hide the link")
    reader = open_page()
    reader.goto(f"/c/{slug}/background")
    expect(reader.get_by_text("A charter")).to_have_count(0)
    reader.goto(f"/c/{slug}/log")
    expect(reader.get_by_text("It sells something.").first).to_be_visible()
