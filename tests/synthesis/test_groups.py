"""What holds in every group and what divides them, on the page and in every file."""

import json
import re

import numpy as np
import pytest
from sqlalchemy.orm import Session

from deliberation.analysis.landscape import Outcome, Reason
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Phase
from deliberation.synthesis.live import live_report
from deliberation.synthesis.writers import WRITERS, Format
from deliberation.synthesis.writers.report import Report
from tests.factories import make_consultation, make_idea
from tests.insights.landscapes import UNSEEN, make_landscape, people_who_vote, store_landscape
from tests.statements import statements
from tests.strict_client import StrictClient

LANGUAGES = ("en", "sv")
IN_SECTIONS = (Format.MARKDOWN, Format.HTML, Format.WIKITEXT)


def settle(session: Session, **changed: object) -> Consultation:
    """Two threads with two ideas each, and three groups who voted on all."""
    consultation = make_consultation(session, phase=Phase.SYNTHESIS)
    for number, at in enumerate((0, 0, 1, 1)):
        make_idea(session, consultation.threads[at], statement=f"Statement {number + 1}")
    counts = people_who_vote(
        (30, [[1, 1, 1, 1]]), (20, [[1, -1, 1, 1]]), (16, [[1, 1, 1, 1]] * 8 + [[1, 1, 1, UNSEEN]] * 8)
    )
    store_landscape(session, consultation, make_landscape(*counts, **changed))  # type: ignore[arg-type]
    return consultation


def composed(session: Session, consultation: Consultation, language: str = "en") -> Report:
    """Return the synthesis of the whole consultation."""
    return live_report(
        session,
        consultation=consultation,
        language=language,
        base_url="https://example.org",
        moment=now().replace(microsecond=0),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_stable_groups_it_says_so_and_stays_as_it_is(language: str, session: Session) -> None:
    consultation = settle(session, outcome=Outcome.NO_STABLE_GROUPS, reasons=(Reason.GROUPS_CHANGE,))
    whole = composed(session, consultation, language)
    assert whole.grouping is not None
    assert not whole.grouping.groups
    assert not [found for found in whole.findings if found.letters]
    said = {"en": "No stable groups.", "sv": "Inga stabila grupper."}[language]
    assert whole.grouping.note.startswith(said)
    assert any(note.startswith(said) for note in whole.method)
    text = plain(WRITERS[Format.MARKDOWN].write(whole).decode())
    assert "Holds in every group" not in text


def test_the_page_shows_groups_and_keeps_to_its_price(client: StrictClient, session: Session) -> None:
    settle(session)
    session.expire_all()
    with statements() as heard:
        answer = client.get("/c/the-park/synthesis", headers={"Accept-Language": "en"})
    text = plain(answer.get_data(as_text=True))
    assert len(heard) <= 12
    assert "Who votes alike" in text
    assert "8 of 8" not in text


@pytest.mark.parametrize("kind", [kind for kind in Format if not WRITERS[kind].takes_long])
def test_no_file_gives_a_small_cell_away(kind: Format, client: StrictClient, session: Session) -> None:
    consultation = make_consultation(session, phase=Phase.SYNTHESIS)
    make_idea(session, consultation.threads[0])
    counts = people_who_vote((40, [[1]]), (23, [[-1]]), (17, [[1]] * 7 + [[UNSEEN]] * 10))
    store_landscape(session, consultation, make_landscape(*counts))
    content = client.get(f"/c/the-park/synthesis.{kind}?language=en").get_data(as_text=True)
    for alone in (r"\b7 of 7\b", r"\b23 of 23\b", r"group_C_\w+\W+7\b"):
        assert not re.search(alone, plain(content))
    if kind is Format.JSON:
        assert json.loads(content)["threads"][0]["ideas"][0]["groups"][1:] == [None, None]


def plain(text: str) -> str:
    """Return the text without the markup of any format."""
    text = re.sub(r"<[^>]+>", " ", text)
    text = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), text).replace("\\", "")
    return " ".join(text.split())


def test_hand_made_votes_are_what_the_groups_are_counted_from() -> None:
    counts, group_of = people_who_vote((2, [[1]]), (1, [[-1]]))
    assert counts.tolist() == [[1], [1], [-1]]
    assert np.array_equal(group_of, [0, 0, 1])
