"""The page and the downloads."""

import json

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.cli.synthesis import synthesis
from deliberation.consultations.models import Phase
from deliberation.synthesis.writers import WRITERS, Format
from tests.factories import (
    apply_tag,
    make_account,
    make_consultation,
    make_idea,
    make_participant,
    make_role,
    make_tag,
    make_vote,
    sign_in,
)
from tests.statements import statements
from tests.strict_client import StrictClient
from tests.synthesis.signing.group import make_published

PAGE = "/c/the-park/synthesis"


def test_the_page_tells_who_took_part_and_what_stands_out(client: StrictClient, session: Session) -> None:
    consultation = make_consultation(session)
    idea = make_idea(session, consultation.threads[0], statement="Plant <b>more</b> trees & hedges.")
    apply_tag(session, idea, make_tag(session, consultation, "green", names={"en": "Green", "sv": "Grönt"}))
    make_idea(session, consultation.threads[0], statement="Nobody reads this", hidden_at=now())
    for _ in range(3):
        make_vote(session, idea)
    answer = client.get(PAGE, headers={"Accept-Language": "en"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Plant &lt;b&gt;more&lt;/b&gt; trees &amp; hedges." in page
    assert "3 votes on 1 idea, by 3 people." in " ".join(page.split())
    assert "3 of 3 agree" in page
    assert "Nobody reads this" not in page
    assert "Hidden ideas" in page
    assert "these numbers still move" in page
    assert "Set-Cookie" not in answer.headers
    assert f"/c/the-park/ideas/{idea.number}" in page
    for kind in Format:
        led_to = f"/composed/{kind}" if WRITERS[kind].takes_long else f".{kind}"
        assert f'"/c/the-park/synthesis{led_to}?language=en"' in page


def test_who_has_joined_this_minute_counts_as_their_votes_do(client: StrictClient, session: Session) -> None:
    consultation = make_consultation(session)
    for _ in range(10):
        make_participant(session, consultation)
    session.commit()
    page = client.get(PAGE, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "10 people joined and never voted." in page


def test_a_closed_consultation_does_not_ask_for_votes(client: StrictClient, session: Session) -> None:
    make_consultation(session, phase=Phase.SYNTHESIS)
    page = client.get(PAGE, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "still move" not in page
    assert "What the votes say" in page


@pytest.mark.parametrize("threads", [0, 1, 2])
def test_a_consultation_without_ideas_has_a_page(
    client: StrictClient, session: Session, threads: int
) -> None:
    make_consultation(session, threads=threads)
    assert client.get(PAGE).status_code == 200


def test_one_thread_has_a_page_of_its_own(client: StrictClient, session: Session) -> None:
    consultation = make_consultation(session)
    make_vote(session, make_idea(session, consultation.threads[0], statement="In the first"))
    make_vote(session, make_idea(session, consultation.threads[1], statement="In the second"))
    page = client.get(f"{PAGE}?thread=2").get_data(as_text=True)
    assert "In the second" in page
    assert "In the first" not in page
    assert "synthesis.csv?thread=2" in page


@pytest.mark.parametrize("asked", ["9", "x", "-1", "1.0", "99999999999999999999", "²"])
def test_a_thread_that_is_not_there_is_not_found(client: StrictClient, session: Session, asked: str) -> None:
    make_consultation(session)
    assert client.get(PAGE, query_string={"thread": asked}).status_code == 404
    assert client.get(f"{PAGE}.json", query_string={"thread": asked}).status_code == 404


def test_a_draft_has_no_synthesis_but_for_those_who_prepare_it(
    client: StrictClient, session: Session
) -> None:
    consultation = make_consultation(session, phase=Phase.DRAFT)
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}.markdown").status_code == 404
    account = make_account(session)
    make_role(session, consultation, account)
    sign_in(client, session, account)
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize("kind", list(Format))
def test_every_format_can_be_taken_along(client: StrictClient, session: Session, kind: Format) -> None:
    consultation = make_consultation(session)
    make_vote(session, make_idea(session, consultation.threads[0], statement="Plant trees"))
    answer = client.get(f"{PAGE}.{kind}?language=en")
    extension = WRITERS[kind].extension
    assert answer.status_code == 200
    assert answer.content_type == WRITERS[kind].media_type
    assert answer.headers["Content-Disposition"] == f"attachment; filename=the-park-synthesis-en.{extension}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if not WRITERS[kind].takes_long:
        assert b"Plant trees" in answer.data
        assert "http://deliberation.test/c/the-park/ideas/1" in answer.get_data(as_text=True).replace(
            "\\", ""
        )
    assert client.get(f"{PAGE}.{extension}?language=en").status_code == 200


def test_a_file_of_one_thread_says_so_in_its_name(client: StrictClient, session: Session) -> None:
    make_consultation(session)
    answer = client.get(f"{PAGE}.json?thread=2&language=sv")
    assert answer.headers["Content-Disposition"].endswith("the-park-synthesis-thread-2-sv.json")
    content = json.loads(answer.data)
    assert [thread["number"] for thread in content["threads"]] == [2]
    assert content["language"] == "sv"
    assert content["consultation"] == "The park (sv)"


def test_a_file_is_fetched_again_only_when_votes_changed_it(client: StrictClient, session: Session) -> None:
    consultation = make_consultation(session)
    idea = make_idea(session, consultation.threads[0])
    for kind in Format:
        tag = client.get(f"{PAGE}.{kind}").headers["ETag"]
        assert client.get(f"{PAGE}.{kind}", headers={"If-None-Match": tag}).status_code == 304
        make_vote(session, idea)
        session.commit()
        changed = client.get(f"{PAGE}.{kind}", headers={"If-None-Match": tag})
        assert (changed.status_code, changed.headers["ETag"] != tag) == (200, True)


def test_unknown_formats_and_languages_are_not_found(client: StrictClient, session: Session) -> None:
    make_consultation(session)
    assert client.get(f"{PAGE}.exe").status_code == 404
    assert client.get(f"{PAGE}.").status_code == 404
    assert client.get(f"{PAGE}.json?language=xx").status_code == 404
    assert client.get("/c/elsewhere/synthesis.json").status_code == 404
    assert client.post(f"{PAGE}.json").status_code in {400, 405}


def test_the_page_takes_few_statements_whatever_its_size(client: StrictClient, session: Session) -> None:
    consultation = make_consultation(session, threads=7)
    account = make_account(session)
    participant = make_participant(session, consultation, account)
    tag = make_tag(session, consultation)
    prices = []
    for _ in range(2):
        for thread in consultation.threads:
            idea = make_idea(session, thread, participant)
            make_vote(session, idea, participant)
            apply_tag(session, idea, tag)
        session.expire_all()
        with statements() as heard:
            assert client.get(PAGE).status_code == 200
        prices.append(len(heard))
    assert prices[0] == prices[1] <= 12
    sign_in(client, session, account)
    session.expire_all()
    with statements() as heard:
        assert client.get(PAGE).status_code == 200
    assert len(heard) <= 12


@pytest.mark.parametrize("kind", list(Format))
def test_a_published_version_is_taken_along_by_anybody_in_every_format(
    app: Flask, client: StrictClient, session: Session, kind: Format
) -> None:
    version = make_published(session, make_consultation(session, phase=Phase.SYNTHESIS))
    session.commit()
    answer = client.get(f"{PAGE}/versions/{version.number}.{WRITERS[kind].extension}")
    assert (answer.status_code, answer.content_type) == (200, WRITERS[kind].media_type)
    tag = answer.headers["ETag"]
    again = client.get(f"{PAGE}/versions/{version.number}.{kind}", headers={"If-None-Match": tag})
    assert again.status_code == 304
    led_to = f"{version.number}/files/{kind}" if WRITERS[kind].takes_long else f"{version.number}.{kind}"
    page = client.get(f"{PAGE}/versions/{version.number}").get_data(as_text=True)
    assert f'"/c/the-park/synthesis/versions/{led_to}"' in page
    written = app.test_cli_runner().invoke(synthesis, ["export", "the-park", "--format", kind.value])
    assert written.stdout_bytes == answer.data


def test_a_version_that_is_not_there_has_no_files(client: StrictClient, session: Session) -> None:
    make_consultation(session)
    assert client.get(f"{PAGE}/versions/1.pdf").status_code == 404
