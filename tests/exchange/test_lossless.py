"""Import, export, import: everything comes back, whatever it is and wherever it was made."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from deliberation.accounts.guests import begin_guest
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Guests, Phase
from deliberation.consultations.phases import Timetable
from deliberation.demo.load import load_demo
from deliberation.exchange.polis.export import export_polis
from deliberation.exchange.polis.service import import_polis
from deliberation.guests.service import claim
from deliberation.ideas.service import post_guest_idea
from deliberation.moderation.models import ActKind, MergeProposal, ModerationAct, ProposalOutcome
from deliberation.tables import metadata
from deliberation.tags.models import TagStatus
from deliberation.votes.models import Choice, Exposure, SetAsideVote, VoteEvent
from deliberation.votes.service import cast_guest_vote, cast_vote
from tests.exchange.conftest import SmallSet
from tests.exchange.contents import contents_of
from tests.factories import (
    apply_tag,
    make_account,
    make_comment,
    make_consultation,
    make_idea,
    make_participant,
    make_tag,
    make_vote,
)

URL = "https://deliberation.example"

CARRIED = {
    "background_entries", "background_texts", "comment_revisions", "comments", "consultation_texts",
    "consultations", "exposures", "idea_revisions", "idea_tags", "ideas", "merge_proposals",
    "moderation_acts", "participants", "phase_steps", "set_aside_votes", "tag_names", "tags",
    "thread_texts", "threads", "vote_events", "votes",
}  # fmt: skip
LEFT_OUT = {
    "accounts": "who somebody is does not travel",
    "sign_ins": "as accounts",
    "mailed_links": "as accounts",
    "roles": "as accounts",
    "invitations": "as accounts",
    "jobs": "work of this installation",
    "thread_voters": "follows from the votes",
    "vote_matrices": "follows from the votes",
    "landscapes": "follows from the votes; landscape.json says what they are",
    "snapshots": "kept where they were frozen",
    "snapshot_landscapes": "as snapshots",
    "outlooks": "follows from the votes; for the facilitators here",
    "flags": "between those who flagged and the facilitators here; what was decided is in the log",
    "appeals": "as flags",
    "hiding_proposals": "what waits here for a second facilitator",
    "posting_blocks": "about people, who do not travel",
    "guests": "as accounts; who was one, and who turned out to be whom, is told with the participants",
    "organisers": "who may write new consultations on this installation",
    "text_changes": "what texts said before; the log carries that they were changed",
    "proposal_links": "links that people added here to what is elsewhere",
    "import_drafts": "what a facilitator has not imported yet",
    "surveys": "their questions travel in a file of their own, `flask survey export`",
    "survey_versions": "as surveys",
    "survey_sheets": "what single people answered does not travel",
    "survey_bundles": "as survey_sheets",
    "synthesis_drafts": "the working group's, until it is signed; the published text has files of its own",
    "draft_changes": "as synthesis_drafts",
    "draft_openings": "as synthesis_drafts",
    "draft_findings": "as synthesis_drafts",
    "finding_revisions": "as synthesis_drafts",
    "draft_recommendations": "as synthesis_drafts",
    "recommendation_revisions": "as synthesis_drafts",
    "margin_comments": "as synthesis_drafts",
    "survey_results": "counted again where the answers are",
    "survey_tables": "as survey_results",
    "survey_plans": "as surveys",
    "survey_open_answers": "as survey_sheets",
    "survey_answer_labels": "as survey_sheets",
    "sign_off_rules": "the working group here, whose members do not travel",
    "synthesis_versions": "a published version has files and an evidence package of its own",
    "synthesis_signatures": "as synthesis_versions",
    "synthesis_minority_reports": "as synthesis_versions",
    "synthesis_minority_names": "as synthesis_versions",
    "synthesis_packages": "as synthesis_versions",
    "prepared_files": "written again when they are asked for",
}


def there_and_back(session: Session, consultation: Consultation, directory: Path) -> Consultation:
    language = consultation.source_language
    title = next(text.title for text in consultation.texts if text.language == language)
    export_polis(session, consultation=consultation, directory=directory, base_url=URL)
    return import_polis(session, directory=directory, slug="once-more", title=title)


def assert_equal_contents(session: Session, before: Consultation, after: Consultation) -> None:
    old, new = contents_of(session, before.id), contents_of(session, after.id)
    # The import itself is an act, and has its row in the log.
    *log, imported = new["log"]
    assert imported[0] == "import_data"
    new["log"] = log
    for name, rows in old.items():
        assert new[name] == rows, name


def test_every_table_is_carried_or_left_out_for_a_reason() -> None:
    tables = {table.name for table in metadata.sorted_tables}
    assert tables - CARRIED == LEFT_OUT.keys() & tables, "say in docs/exchange.md what an export does with it"


def test_an_open_set_comes_back_whole(session: Session, open_set: Path, tmp_path: Path) -> None:
    before = import_polis(session, directory=open_set, slug="open-set", title="An open set", language="en")
    after = there_and_back(session, before, tmp_path / "set")
    assert_equal_contents(session, before, after)
    assert len(contents_of(session, after.id)["journal"]) > 7_000


def test_the_demonstration_comes_back_whole(session: Session, tmp_path: Path) -> None:
    before = load_demo(session)
    contents = contents_of(session, before.id)
    # What would be lost in Polis's files alone is there to be lost.
    assert len(contents["threads"]) == 7
    assert any(row[2] is None for row in contents["journal"])
    assert {row[2] for row in contents["tags"]} >= {"accepted", "suggested"}
    assert any(row[4] for row in contents["wordings"])
    assert len(contents["log"]) > 1
    after = there_and_back(session, before, tmp_path / "set")
    assert_equal_contents(session, before, after)


def test_guests_and_who_they_turned_out_to_be_come_back(session: Session, tmp_path: Path) -> None:
    before = make_consultation(session)
    before.guests = Guests.IDEAS
    ideas = [make_idea(session, before.threads[0], statement=f"Number {n}.") for n in range(3)]
    guest_id, token = begin_guest(session)
    stranger, _ = begin_guest(session)
    account = make_account(session)
    said = {"slug": before.slug, "choice": Choice.AGREE}
    cast_vote(session, idea_number=ideas[0].number, account_id=account.id, **said)
    for idea in ideas[:2]:
        cast_guest_vote(
            session, slug=before.slug, idea_number=idea.number, guest_id=guest_id, choice=Choice.PASS
        )
    cast_guest_vote(session, idea_number=ideas[2].number, guest_id=stranger, **said)
    post_guest_idea(
        session, consultation=before, thread=before.threads[0], guest_id=stranger, statement="Mine.",
        elaboration="", language="sv",
    )  # fmt: skip
    claim(session, token=token, account_id=account.id)
    contents = contents_of(session, before.id)
    assert any(row[2] for row in contents["participants"])
    assert any(row[3] for row in contents["participants"])
    assert_equal_contents(session, before, there_and_back(session, before, tmp_path / "set"))


def test_merged_ideas_and_what_moved_with_them_come_back(session: Session, tmp_path: Path) -> None:
    before = make_consultation(session)
    thread = before.threads[0]
    whole = make_idea(session, thread)
    part = make_idea(session, thread, statement="Trees, more of them.", merged_into=whole)
    mover, stayer = (make_participant(session, before) for _ in range(2))
    moment, earlier = now(), now() - timedelta(days=2)
    # One vote was cast on the merged idea and moved; another gave way to a newer one on the whole.
    vote = make_vote(session, whole, mover, Choice.DISAGREE)
    vote.origin_id, vote.cast_at = part.id, earlier
    make_vote(session, whole, stayer)
    aside = {"idea_id": part.id, "previous": None, "cast_at": earlier}
    session.execute(
        insert(SetAsideVote),
        [
            aside | {"participant_id": mover.id, "choice": Choice.DISAGREE},
            aside | {"participant_id": stayer.id, "choice": Choice.PASS, "previous": Choice.AGREE},
        ],
    )
    session.add_all(
        VoteEvent(
            participant_id=person.id,
            idea_id=part.id,
            choice=choice,
            happened_at=at,
            merged_with_id=merged_with,
        )
        for person in (mover, stayer)
        for choice, at, merged_with in ((Choice.DISAGREE, earlier, None), (None, moment, whole.id))
    )
    tag = make_tag(session, before)
    apply_tag(session, whole, tag, mover).origin_id = part.id
    make_comment(session, whole, mover).origin_id = part.id
    session.add(
        MergeProposal(
            consultation_id=before.id,
            idea_id=whole.id,
            other_id=part.id,
            proposed_by_id=stayer.id,
            note="=the same",
            created_at=earlier,
            outcome=ProposalOutcome.MERGED,
            settled_at=moment,
        )
    )
    session.flush()
    after = there_and_back(session, before, tmp_path / "set")
    assert_equal_contents(session, before, after)
    assert len(contents_of(session, after.id)["votes set aside"]) == 2
    assert (tmp_path / "set" / "comments.csv").read_text().splitlines()[2].split(",")[6] == "-1"


def test_exposures_remarks_tags_and_the_log_come_back(session: Session, tmp_path: Path) -> None:
    before = make_consultation(session, languages=("sv", "en", "ar"))
    person = make_participant(session, before)
    idea = make_idea(
        session, before.threads[1], statement="=cmd|'/c calc'!A0", elaboration="- one\n- two", language="sv"
    )
    session.add(Exposure(participant_id=person.id, idea_id=idea.id, first_shown_at=now()))
    idea.exposures = 1
    remark = make_comment(session, idea, body='+1, for "everybody"\nand me')
    answer = make_comment(session, idea, parent=remark, edited_at=now(), hidden_at=now())
    merged = make_tag(session, before, "old", status=TagStatus.MERGED)
    middle = make_tag(session, before, "middle", status=TagStatus.MERGED)
    living = make_tag(session, before, "new", suggested_by=person, group=None)
    merged.merged_into_id, middle.merged_into_id = middle.id, living.id
    merged.lives_as_id = middle.lives_as_id = living.id
    for tag in (merged, living):
        apply_tag(session, idea, tag, person)
    before.threads[0].locked_at = now()
    session.add(
        ModerationAct(
            consultation_id=before.id,
            kind=ActKind.HIDE_COMMENT,
            idea_id=idea.id,
            comment_id=answer.id,
            tag_id=merged.id,
            reason="@everyone, read this",
            details={"from": "”old”", "to": ["new"]},
            happened_at=now(),
        )
    )
    session.flush()
    after = there_and_back(session, before, tmp_path / "set")
    assert_equal_contents(session, before, after)


def test_a_vote_taken_back_is_in_our_own_file_alone(session: Session, tmp_path: Path) -> None:
    before = make_consultation(session)
    idea = make_idea(session, before.threads[0])
    fickle = make_participant(session, before)
    vote = make_vote(session, idea, fickle)
    session.add(VoteEvent(participant_id=fickle.id, idea_id=idea.id, choice=None, happened_at=now()))
    session.delete(vote)
    idea.agrees = 0
    make_vote(session, idea, choice=Choice.PASS)
    after = there_and_back(session, before, tmp_path / "set")
    assert_equal_contents(session, before, after)
    votes = (tmp_path / "set" / "votes.csv").read_text().splitlines()
    events = (tmp_path / "set" / "deliberation" / "vote-events.csv").read_text().splitlines()
    assert (len(votes), len(events)) == (1 + 1, 1 + 3)


def test_what_comes_in_can_be_read_and_not_voted_on(session: Session, tmp_path: Path) -> None:
    before = make_consultation(session, phase=Phase.GATHERING)
    after = there_and_back(session, before, tmp_path / "set")
    timetable = Timetable.of(after.steps, now())
    assert timetable.current is Phase.SYNTHESIS
    assert Phase.GATHERING in timetable.starts


def test_a_second_journey_changes_nothing(session: Session, small_set: SmallSet, tmp_path: Path) -> None:
    before = import_polis(session, directory=small_set.directory, slug="small", title="Small", language="en")
    after = there_and_back(session, before, tmp_path / "first")
    export_polis(session, consultation=after, directory=tmp_path / "second", base_url=URL)
    files = sorted((tmp_path / "first").rglob("*.csv"))
    assert len(files) == 14
    for path in files:
        again = (tmp_path / "second" / path.relative_to(tmp_path / "first")).read_text()
        assert again.replace("once-more", "small") == path.read_text(), path.name
