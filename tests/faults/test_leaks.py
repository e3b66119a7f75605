"""What no page, file, header or mail may tell: how somebody voted, who they are, what is hidden."""

import re
import shutil
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation
from deliberation.consultations.people import RoleName
from deliberation.ideas.models import Idea
from deliberation.votes.models import Choice
from tests import factories
from tests.architecture.routes import ROUTES
from tests.faults.world import (
    AUTHOR,
    FACILITATOR,
    HIDDEN_COMMENT,
    HIDDEN_WORDS,
    ROLES,
    SLUG,
    STRANGER,
    VISITOR,
    WORKING_GROUP,
    World,
    address_of,
    query,
    undone,
)

FILES = ("html", "json", "csv", "markdown", "wikitext")


def everything_of(world: World, role: str) -> dict[str, str]:
    """Return each page and file of the park that the role may open, as they receive it."""
    addresses = [f"/c/{SLUG}/synthesis.{kind}" for kind in FILES]
    for endpoint, (address, methods, _) in ROUTES.items():
        if "GET" in methods and (not address.startswith("/c/") or "synthesis.<" not in address):
            addresses += [address_of(endpoint, number=str(number)) for number in range(1, 6)]
    addresses += [
        query(f"/c/{SLUG}/threads/1", q="zebra"),
        query(f"/c/{SLUG}/threads/1", q="zeb", sort="newest"),
        query(f"/c/{SLUG}/vote", thread="1", after=str(world.hidden)),
    ]
    answers = {address: world.get(role, address) for address in dict.fromkeys(addresses)}
    return {
        address: unescape(answer.get_data(as_text=True)) + str(answer.headers)
        for address, answer in answers.items()
        if answer.status_code < 400
    }


def test_what_is_hidden_is_nowhere_but_for_its_author_and_facilitators(world: World) -> None:
    for role in (VISITOR, STRANGER, WORKING_GROUP):
        seen = [address for address, text in everything_of(world, role).items() if "zebra words" in text]
        assert seen == [], role
    own = {address for address, text in everything_of(world, AUTHOR).items() if HIDDEN_WORDS in text}
    assert own
    decision = f"/c/{SLUG}/log/{world.appealed}"
    assert all(f"/ideas/{world.hidden}" in address or address == decision for address in own)
    desk = {address for address, text in everything_of(world, FACILITATOR).items() if HIDDEN_WORDS in text}
    assert f"/c/{SLUG}/desk" in desk
    assert not [
        address
        for address in desk
        if "synthesis" in address or address.endswith("/log") or "/threads/" in address
    ]


def test_what_a_hidden_or_withdrawn_comment_says_is_nowhere_but_for_those_who_may_read_it(
    world: World,
) -> None:
    for role in ROLES:
        found = everything_of(world, role)
        assert not [address for address, text in found.items() if "quagga words" in text], role
        seen = {address for address, text in found.items() if HIDDEN_COMMENT in text}
        if role not in {AUTHOR, FACILITATOR}:
            assert seen == set(), role
            continue
        assert f"/c/{SLUG}/comments/{world.hidden_comment}" in seen
        assert not [address for address in seen if address.endswith("/log") or "synthesis" in address]
    assert "Oaks grow slowly." in world.get(VISITOR, f"/c/{SLUG}/ideas/{world.open}").get_data(as_text=True)


def test_what_a_hidden_link_says_is_for_facilitators_alone(world: World) -> None:
    for role in ROLES:
        seen = {address for address, text in everything_of(world, role).items() if "tapir words" in text}
        if role == FACILITATOR:
            assert f"/c/{SLUG}/background" in seen
            assert f"/c/{SLUG}/log" not in seen
        else:
            assert seen == set(), role


def test_names_and_addresses_of_accounts_are_shown_to_nobody_else(world: World) -> None:
    for role in ROLES:
        for address, text in everything_of(world, role).items():
            # Those who write and sign the synthesis stand by it with their names.
            is_theirs = "/synthesis/draft" in address or "/synthesis/versions" in address
            writers = {WORKING_GROUP} if role == FACILITATOR and is_theirs else set()
            # Facilitators see who works with them, and at which address.
            staff = {WORKING_GROUP} if role == FACILITATOR and address.endswith("/setup/people") else set()
            for other in set(world.names) - {role} - writers - staff:
                assert world.names[other] not in text, (role, address)
            for other in set(world.emails) - {role} - staff:
                assert world.emails[other] not in text, (role, address)
    assert world.names[AUTHOR] in world.get(AUTHOR, "/account").get_data(as_text=True)


def scrubbed(text: str) -> str:
    """Return a page without what differs each time it is made."""
    changing = r'name="csrf_token" value="[^"]*"|(?:ETag|Set-Cookie|Date|Content-Length): [^\n]*\n?'
    clock = r"\d{1,2}:\d{2}(?::\d{2})?|\d+ seconds? ago|now"
    return re.sub(clock, "", re.sub(changing, "", text))


def settled(address: str, text: str) -> str:
    """Return a page to be compared: scrubbed, and where its rows are shuffled each time, in one order."""
    text = scrubbed(text)
    return "".join(sorted(text)) if address.endswith("/results/data.json") else text


def test_nobody_else_can_tell_who_cast_a_vote(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two worlds that differ in which of two people agreed look the same to everybody else."""
    # What is undone was never committed, so pages kept from one world would pass for the other's.
    monkeypatch.setattr("deliberation.base.shared.MOST_SECONDS", -1)

    def world_where(first: Choice, second: Choice) -> dict[str, dict[str, str]]:
        with undone(session):
            park = session.scalars(select(Consultation).filter_by(slug=SLUG)).one()
            idea = session.scalars(select(Idea).filter_by(consultation_id=park.id, number=world.open)).one()
            people = [factories.make_participant(session, park) for _ in range(2)]
            for person, choice in zip(people, (first, second), strict=True):
                factories.make_vote(session, idea, person, choice)
            session.commit()
            seen = {role: everything_of(world, role) for role in (VISITOR, AUTHOR, FACILITATOR)}
            return {role: {a: settled(a, t) for a, t in texts.items()} for role, texts in seen.items()}

    one, other = world_where(Choice.AGREE, Choice.PASS), world_where(Choice.PASS, Choice.AGREE)
    for role in one:
        assert one[role].keys() == other[role].keys()
        different = [address for address in one[role] if one[role][address] != other[role][address]]
        shown = [set(w[role][a].split("\n")) for a in different[:1] for w in (one, other)]
        assert different == [], (role, shown[0] ^ shown[1])
    control = world_where(Choice.AGREE, Choice.AGREE)
    assert control[VISITOR][f"/c/{SLUG}/synthesis.csv"] != one[VISITOR][f"/c/{SLUG}/synthesis.csv"]


def test_one_persons_page_is_never_anothers(world: World) -> None:
    for address in (
        f"/c/{SLUG}",
        f"/c/{SLUG}/threads/1",
        f"/c/{SLUG}/vote",
        f"/c/{SLUG}/synthesis",
        "/help",
        "/",
    ):
        tags = {}
        for role in ROLES:
            answer = world.get(role, address)
            assert {"Cookie", "Accept-Language"} <= set(re.split(r",\s*", answer.headers["Vary"])), address
            assert "public" not in answer.headers["Cache-Control"]
            assert "private" in answer.headers["Cache-Control"]
            tags[role] = answer.headers["ETag"]
        assert world.get(VISITOR, address, headers={"If-None-Match": tags[VISITOR]}).status_code == 304, (
            address
        )
        for role in (AUTHOR, FACILITATOR):
            assert world.get(role, address, headers={"If-None-Match": tags[VISITOR]}).status_code == 200, (
                address
            )
            assert world.get(VISITOR, address, headers={"If-None-Match": tags[role]}).status_code == 200, (
                address
            )


def test_a_list_made_for_one_reader_holds_nothing_of_another(world: World, session: Session) -> None:
    """Ideas in lists are kept for all readers to whom they look alike; tokens and votes are not."""
    page = f"/c/{SLUG}/threads/1"
    vote = f"/c/{SLUG}/ideas/{world.open}/vote"
    tokens = []
    with undone(session):
        assert world.post(STRANGER, vote, {"choice": "disagree"}).status_code == 303
        for role in (STRANGER, AUTHOR, FACILITATOR, STRANGER):
            text = world.get(role, page).get_data(as_text=True)
            found = set(re.findall(r'name="csrf_token" value="([^"]+)"', text))
            assert len(found) == 1, role
            tokens.append(found.pop().partition(".")[0])
            assert ("You disagree." in text) == (role == STRANGER), role
    assert tokens[0] == tokens[3]
    assert len(set(tokens)) == 3
    assert "csrf_token" not in world.get(VISITOR, page).get_data(as_text=True)


OUTSIDE = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
    "/\t/evil.example", "javascript:alert(1)",
    " //evil.example", "/%0a//evil.example\n", "///evil.example",
    "http:evil.example", "evil.example", "/..//evil.example",
)  # fmt: skip


def test_no_redirect_leads_away(world: World, session: Session) -> None:
    tries = [
        (VISITOR, "/preferences", {"language": "sv", "theme": ""}),
        (STRANGER, f"/c/{SLUG}/ideas/{world.open}/vote", {"choice": "agree", "view": "list"}),
        (STRANGER, f"/c/{SLUG}/ideas/{world.open}/vote", {"choice": "agree", "view": "card"}),
    ]
    for target in OUTSIDE:
        for role, to, fields in tries:
            with undone(session):
                answer = world.post(role, to, {**fields, "next": target})
            assert answer.status_code == 303
            assert is_here(answer.headers["Location"]), (to, target)
        for address in ("/sign-in", "/sign-up"):
            answer = world.get(STRANGER, query(address, next=target))
            assert answer.status_code == 303
            assert is_here(answer.headers["Location"]), (address, target)
        asked = world.post(VISITOR, f"/c/{SLUG}/ideas/{world.open}/vote", {"choice": "agree", "next": target})
        assert is_here(asked.headers["Location"])
        assert "evil.example" not in asked.headers["Location"] or target.startswith("/..")


def is_here(location: str) -> bool:
    """Say whether a browser that is sent to this location stays on the site."""
    return (
        location.startswith("/") and location[1:2] not in {"/", "\\"} and not re.search(r"[\s\\]", location)
    )


def test_leading_away_would_be_noticed() -> None:
    assert not any(is_here(target) for target in OUTSIDE[:6])
    assert is_here("/c/the-park")


FORGED = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "Forwarded": "host=evil.example",
}


def test_a_forged_host_is_in_no_link_mail_or_file(world: World) -> None:
    folder = Path(urlsplit(world.app.extensions["config"].mail_url).path)
    shutil.rmtree(folder, ignore_errors=True)
    email = {"email": "new@example.org"}
    account = {"name": "Ada", "password": "violet otter ladder rain", **email}
    for to, fields in (("/sign-up", account), ("/sign-up/sent", email), ("/reset", email)):
        assert world.post(VISITOR, to, fields, headers=FORGED).status_code == 303
    mails = [path.read_text() for path in folder.glob("*.eml")]
    shutil.rmtree(folder)
    assert len(mails) == 3
    for mail in mails:
        assert "evil.example" not in mail
        assert "http://deliberation.test/" in mail
    pages = [
        f"/c/{SLUG}",
        f"/c/{SLUG}/threads/1",
        "/sign-in",
        *(f"/c/{SLUG}/synthesis.{kind}" for kind in FILES),
    ]
    for address in pages:
        answer = world.get(VISITOR, address, headers=FORGED)
        assert "evil.example" not in answer.get_data(as_text=True) + str(answer.headers), address


def test_who_may_not_see_a_draft_finds_no_trace_of_it(world: World, session: Session) -> None:
    from deliberation.consultations.models import Phase

    draft = factories.make_consultation(session, "secret-plan", phase=Phase.DRAFT, title="Secret plan")
    session.commit()
    for role in (VISITOR, STRANGER, FACILITATOR):
        texts = [
            text
            for text in everything_of(world, role).values()
            if "secret-plan" in text or "Secret plan" in text
        ]
        assert texts == [], role
        unknown, hidden = (world.get(role, f"/c/{slug}") for slug in ("no-such-plan", "secret-plan"))
        assert unknown.status_code == hidden.status_code == 404
    factories.make_role(session, draft, name=RoleName.FACILITATOR)
    session.commit()
    assert world.get(FACILITATOR, "/c/secret-plan").status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_every_page_keeps_to_itself(role: str, world: World) -> None:
    for address, text in everything_of(world, role).items():
        if address.endswith(".atom"):
            continue  # a feed is read elsewhere: its links are whole, and none of them loads anything
        assert not re.search(r'(?:src|action)="(?:https?:)?//|<link[^>]+href="(?:https?:)?//', text), address
        if address.startswith(("/c/", "/help", "/account")):
            assert "default-src 'none'" in text, address
            assert "X-Content-Type-Options: nosniff" in text, address
