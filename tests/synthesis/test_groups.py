"""What holds in every group and what divides them, on the page and in every file."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy.orm import Session

from deliberation.analysis.landscape import Outcome, Reason
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Phase
from deliberation.synthesis.compose import compose
from deliberation.synthesis.writers import WRITERS, Format
from deliberation.synthesis.writers.before.csv import COLUMNS, GROUP_COLUMNS
from deliberation.synthesis.writers.document import Document, Grouping, GroupVotes, OpinionGroup
from tests.factories import make_consultation, make_idea
from tests.insights.landscapes import UNSEEN, make_landscape, people_who_vote, store_landscape
from tests.statements import statements
from tests.strict_client import StrictClient
from tests.synthesis.writer_samples import document, idea, thread

LANGUAGES = ("en", "sv")
IN_SECTIONS = (Format.MARKDOWN, Format.HTML, Format.WIKITEXT)


def grouped_document() -> Document:
    """Three groups; the first idea holds in all, the second divides them, the third is hidden for two."""
    ideas = (
        idea(1, groups=votes((35, 1, 1), (21, 2, 1), (14, 1, 2))),
        idea(2, "Free data plans.", groups=votes((29, 4, 2), (3, 18, 1), (7, 5, 4))),
        idea(3, "Ask the libraries.", groups=(*votes((20, 2, 2)), None, None)),
        idea(4, "Nobody saw this."),
    )
    grouping = Grouping(
        outcome="groups",
        groups=(
            OpinionGroup(letter="A", people=38),
            OpinionGroup(letter="B", people=None),
            OpinionGroup(letter="D", people=17),
        ),
        small_groups=1,
        counted_at=datetime(2026, 11, 22, 6, 0, tzinfo=UTC),
        inputs_digest="ab" * 32,
        digest="cd" * 32,
        note="Three ways to vote.",
    )
    told = replace(thread(ideas), holds=(ideas[0],), divides=(ideas[1],))
    return document(told, grouping=grouping)


def votes(*counts: tuple[int, int, int]) -> tuple[GroupVotes, ...]:
    """Return the votes of groups."""
    return tuple(GroupVotes(agrees=a, disagrees=d, passes=p) for a, d, p in counts)


@pytest.mark.parametrize("kind", IN_SECTIONS)
def test_files_for_reading_tell_what_holds_and_what_divides_with_every_groups_votes(kind: Format) -> None:
    text = plain(WRITERS[kind].write(grouped_document()).decode())
    assert text.index("Holds in every group") < text.index("Divides the groups") < text.index("Most unsure")
    assert "Most agreed" not in text
    assert "Group A: 35 of 37 agree (82–99%)" in text
    assert "Group B: 3 of 22 agree (5–33%)" in text
    assert "Group D: 7 of 16 agree (23–67%)" in text


@pytest.mark.parametrize("kind", IN_SECTIONS)
def test_a_hidden_group_is_called_hidden(kind: Format) -> None:
    whole = grouped_document()
    told = replace(whole.threads[0], most_unsure=(whole.threads[0].all_ideas[2],))
    text = plain(WRITERS[kind].write(replace(whole, threads=(told,))).decode())
    assert "Group A: 20 of 24 agree" in text
    assert "Group B: not shown" in text
    assert "Group D: not shown" in text


@pytest.mark.parametrize("kind", list(Format))
def test_files_without_groups_say_nothing_of_groups(kind: Format) -> None:
    assert "group a" not in plain(WRITERS[kind].write(document()).decode()).casefold()


def test_the_table_has_columns_for_each_group_and_leaves_hidden_cells_empty() -> None:
    rows = list(csv.DictReader(io.StringIO(WRITERS[Format.CSV].write(grouped_document()).decode())))
    assert list(rows[0]) == [*COLUMNS, *(f"group_{x}_{name}" for x in "ABD" for name in GROUP_COLUMNS)]
    assert (rows[0]["group_A_agrees"], rows[0]["group_D_passes"]) == ("35", "2")
    assert (rows[0]["group_A_agree_low"], rows[0]["group_A_agree_high"]) == ("0.8230", "0.9850")
    assert rows[0]["sections"].startswith("holds_in_every_group")
    assert rows[1]["sections"].startswith("divides_the_groups")
    assert {rows[2][f"group_{x}_{name}"] for x in "BD" for name in GROUP_COLUMNS} == {""}
    assert {rows[3][f"group_{x}_{name}"] for x in "ABD" for name in GROUP_COLUMNS} == {""}


def test_json_tells_groups_votes_or_null() -> None:
    content = json.loads(WRITERS[Format.JSON].write(grouped_document()))
    assert content["grouping"]["outcome"] == "groups"
    assert content["grouping"]["groups"][1] == {"letter": "B", "people": None}
    assert content["grouping"]["small_groups"] == 1
    told = content["threads"][0]
    assert (told["holds_in_every_group"], told["divides_the_groups"]) == ([1], [2])
    assert told["most_agreed"]
    assert told["ideas"][0]["groups"][0]["agrees"] == 35
    assert told["ideas"][2]["groups"][1:] == [None, None]
    assert told["ideas"][3]["groups"] == []
    assert json.loads(WRITERS[Format.JSON].write(document()))["grouping"] is None


@pytest.mark.parametrize("kind", list(Format))
def test_the_same_groups_give_the_same_bytes(kind: Format) -> None:
    assert WRITERS[kind].write(grouped_document()) == WRITERS[kind].write(grouped_document())


def test_a_list_cites_only_ideas_of_its_thread() -> None:
    whole = thread()
    with pytest.raises(ValueError, match="cited"):
        replace(whole, holds=(idea(9),))
    with pytest.raises(ValueError, match="time zone"):
        replace(grouped_document().grouping, counted_at=datetime(2026, 11, 22))  # type: ignore[type-var]  # noqa: DTZ001


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


def composed(session: Session, consultation: Consultation, language: str = "en") -> Document:
    """Return the synthesis of the whole consultation."""
    return compose(
        session,
        consultation=consultation,
        language=language,
        base_url="https://example.org",
        moment=now().replace(microsecond=0),
    )


def test_each_thread_has_its_own_part_of_what_holds_and_what_divides(session: Session) -> None:
    whole = composed(session, settle(session))
    assert [[idea.number for idea in thread.holds] for thread in whole.threads] == [[1], [3]]
    assert [[idea.number for idea in thread.divides] for thread in whole.threads] == [[2], []]
    assert whole.grouping is not None
    assert [group.people for group in whole.grouping.groups] == [30, 20, 16]
    last = whole.threads[1].all_ideas[1]
    assert last.groups[1:] == (None, None)  # eight of the third, and the second with them
    assert last.groups[0] is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_stable_groups_it_says_so_and_stays_as_it_is(language: str, session: Session) -> None:
    consultation = settle(session, outcome=Outcome.NO_STABLE_GROUPS, reasons=(Reason.GROUPS_CHANGE,))
    whole = composed(session, consultation, language)
    assert whole.grouping is not None
    assert not whole.grouping.groups
    assert all(not thread.holds and not thread.divides for thread in whole.threads)
    said = {"en": "No stable groups.", "sv": "Inga stabila grupper."}[language]
    assert whole.grouping.note.startswith(said)
    assert any(note.startswith(said) for note in whole.method)
    text = plain(WRITERS[Format.MARKDOWN].write(whole).decode())
    assert {"en": "Most agreed", "sv": "Mest överens"}.get(language, "") in text or language == "sv"
    assert "Holds in every group" not in text


def test_the_page_shows_groups_and_keeps_to_its_price(client: StrictClient, session: Session) -> None:
    settle(session)
    session.expire_all()
    with statements() as heard:
        answer = client.get("/c/the-park/synthesis", headers={"Accept-Language": "en"})
    text = plain(answer.get_data(as_text=True))
    assert len(heard) <= 12
    assert "Holds in every group" in text
    assert "Group A: 30 of 30 agree (89–100%)" in text
    assert "Who votes alike" in text
    assert "20 of 20 agree" in text
    assert "8 of 8" not in text


@pytest.mark.parametrize("kind", list(Format))
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
