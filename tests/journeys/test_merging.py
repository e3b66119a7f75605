"""Two ideas that say the same: proposed, merged, voted on from an old page, and parted again."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import People
from tests.journeys.test_votes import button


def test_ideas_are_proposed_merged_and_parted(open_page: OpenPage, people: People) -> None:
    slug = people.consultation("Two of a kind", ideas=2)
    old, kept = f"/c/{slug}/ideas/1", f"/c/{slug}/ideas/2"
    voter = open_page(people.person())
    voter.goto(old)
    button(voter, "Agree").click()
    expect(voter.get_by_role("main")).to_contain_text("you agree", ignore_case=True)

    proposer = open_page(people.person())
    proposer.goto(old)
    proposer.get_by_role("link", name="This says the same as another idea").click()
    proposer.get_by_label("Number of the other idea").fill("2")
    proposer.get_by_label("What makes them the same?").fill("A tree is a tree.")
    proposer.get_by_role("button", name="Tell the facilitators").click()
    expect(proposer.get_by_text("A facilitator will look at the two ideas.")).to_be_visible()

    latecomer = open_page(people.person())
    latecomer.goto(old)

    facilitator = open_page(people.facilitator(slug))
    facilitator.goto(f"/c/{slug}/desk")
    expect(facilitator.get_by_text("A tree is a tree.")).to_be_visible()
    facilitator.get_by_role("link", name=re.compile("Compare … Ideas 1 and 2")).click()
    facilitator.get_by_role("link", name="The other way round").click()
    facilitator.get_by_label("Reason.").fill("The same tree.")
    facilitator.get_by_role("button", name="Merge the ideas").click()
    expect(facilitator.get_by_text("Idea 1 is merged into this one.")).to_be_visible()

    button(latecomer, "Disagree").click()
    expect(latecomer.get_by_text("Your vote counts there.").first).to_be_visible()

    voter.goto(old)
    expect(voter.get_by_text("The same tree.")).to_be_visible()
    voter.get_by_role("link", name="To idea 2").click()
    expect(voter).to_have_url(re.compile(f"{kept}$"))
    expect(voter.get_by_text("1 of 2 agrees")).to_be_visible()

    facilitator.goto(kept)
    facilitator.get_by_role("link", name=re.compile("Part them")).click()
    expect(facilitator.get_by_text("1 vote returns to the idea:")).to_be_visible()
    facilitator.get_by_label("Why are they two ideas after all?").fill("One is an oak.")
    facilitator.get_by_role("button", name="Part them").click()
    expect(facilitator.get_by_text("Idea 1 stands on its own again, with its votes.")).to_be_visible()

    voter.goto(old)
    expect(voter.get_by_text("1 of 1 agrees")).to_be_visible()
    voter.goto(f"/c/{slug}/log")
    expect(voter.get_by_text("The same tree.")).to_be_visible()
    expect(voter.get_by_text("One is an oak.")).to_be_visible()
