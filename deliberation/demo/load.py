"""The demonstration, written to the database: the same each time but for its dates, which follow `today`."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final, cast

from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.base.errors import Conflict, marked
from deliberation.base.markup import markdown_to_html
from deliberation.consultations.models import Consultation, Guests, Phase, PhaseStep
from deliberation.consultations.pack import read_pack
from deliberation.consultations.people import Participant
from deliberation.consultations.queries import find_consultation, threads_of
from deliberation.demo import crowd
from deliberation.demo.crowd import AGREE, DISAGREE, PASS, Ballot, Person, Stimulus
from deliberation.demo.discussed import add_comments
from deliberation.demo.moderated import add_log
from deliberation.demo.scene import Scene
from deliberation.demo.script import PACK, SURVEY, Line, read_script
from deliberation.demo.surveyed import add_answers
from deliberation.demo.tagged import add_tags
from deliberation.demo.visiting import add_guests_ideas
from deliberation.exchange.packs import load_pack
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.ideas.search import index_many
from deliberation.surveys.reading import read_file
from deliberation.surveys.service import put_up
from deliberation.votes.models import Vote, VoteEvent

SEED: Final = "demonstration"
PARTICIPANT_EMAIL: Final = "participant@example.org"
GUEST_NUMBER: Final = 41
GUESTS_AMONG: Final = 7
"""One in so many takes part without an account."""
DAYS: Final = {Phase.GATHERING: -24, Phase.VOTING: 22, Phase.SYNTHESIS: 51, Phase.PUBLISHED: 85}
_ROWS_AT_ONCE: Final = 2_000


def load_demo(session: Session, *, today: date | None = None) -> Consultation:
    """Make the seeded consultation with all that people give it, in its gathering phase.

    One participant has an account, `PARTICIPANT_EMAIL`, which no password opens; nobody has a role yet.
    Raises Conflict where the consultation is there already.
    """
    pack = read_pack(PACK)
    if find_consultation(session, pack.slug) is not None:
        raise Conflict(
            marked("The consultation %(slug)s is here already. Use an empty database."), slug=pack.slug
        )
    midnight = datetime.combine(today or now().date(), time(), UTC)
    rng = Random(SEED)  # noqa: S311 - invented people, not secrets
    consultation = load_pack(session, pack)
    _set_phases(session, consultation, midnight)
    scene = _set_scene(session, consultation, rng, midnight)
    ballots = _ballots(scene, rng, ends=midnight)
    _add_votes(session, scene, ballots)
    add_tags(session, scene, rng)
    add_log(session, scene)
    add_comments(session, scene, Random(f"{SEED} comments"))  # noqa: S311 - the same
    survey = put_up(session, consultation=consultation, document=read_file(SURVEY))
    survey.opens_at = consultation.created_at
    add_answers(session, scene, survey, Random(f"{SEED} survey"))  # noqa: S311 - the same
    session.expire_all()
    add_guests_ideas(session, consultation)
    return consultation


def _set_phases(session: Session, consultation: Consultation, midnight: datetime) -> None:
    session.execute(delete(PhaseStep).where(PhaseStep.consultation_id == consultation.id))
    session.add_all(
        PhaseStep(consultation_id=consultation.id, phase=phase, starts_at=midnight + timedelta(days=days))
        for phase, days in DAYS.items()
    )
    consultation.created_at = midnight + timedelta(days=DAYS[Phase.GATHERING])
    consultation.guests = Guests.IDEAS
    session.flush()


def _set_scene(session: Session, consultation: Consultation, rng: Random, midnight: datetime) -> Scene:
    script = read_script()
    begins = midnight + timedelta(days=DAYS[Phase.GATHERING])
    people = crowd.make_people(
        rng,
        threads=sorted({line.thread for line in script.lines}),
        begins=begins,
        ends=midnight - timedelta(days=1),
    )
    participants = _add_people(session, consultation, people)
    lines = rng.sample(script.lines, len(script.lines))
    span = (midnight - begins - timedelta(days=2)).total_seconds()
    moments = sorted(begins + timedelta(hours=9, seconds=round(rng.random() * span)) for _ in lines)
    stimuli = [
        Stimulus(position, line.thread, line.leaning, line.passes, *_window(rng, line, moment, midnight))
        for position, (line, moment) in enumerate(zip(lines, moments, strict=True))
    ]
    ideas = _add_ideas(session, consultation, rng, (people, participants), (lines, moments, stimuli))
    return Scene(consultation, script, people, participants, lines, stimuli, ideas)


def _window(rng: Random, line: Line, posted: datetime, midnight: datetime) -> tuple[datetime, datetime]:
    """Return from when to when the idea can be voted on: after its last edit, until it is hidden or gone."""
    opens = posted + timedelta(minutes=rng.randint(40, 90)) if line.edited else posted
    if line.hidden_under or line.is_withdrawn:
        return opens, min(midnight, opens + timedelta(hours=rng.randint(3, 40)))
    return opens, midnight


def _add_people(
    session: Session, consultation: Consultation, people: Sequence[Person]
) -> Sequence[Participant]:
    guest = Account(
        name="Robin",
        email=PARTICIPANT_EMAIL,
        password_hash="!",  # noqa: S106 - opens to no password
        confirmed_at=people[GUEST_NUMBER - 1].joined_at,
        created_at=people[GUEST_NUMBER - 1].joined_at,
    )
    session.add(guest)
    session.flush()
    participants = [
        Participant(
            consultation_id=consultation.id,
            account_id=guest.id if person.number == GUEST_NUMBER else None,
            is_guest=person.number != GUEST_NUMBER and person.number % GUESTS_AMONG == 0,
            number=person.number,
            joined_at=person.joined_at,
        )
        for person in people
    ]
    session.add_all(participants)
    session.flush()
    return participants


def _add_ideas(
    session: Session,
    consultation: Consultation,
    rng: Random,
    crowd_of: tuple[Sequence[Person], Sequence[Participant]],
    written: tuple[Sequence[Line], Sequence[datetime], Sequence[Stimulus]],
) -> Sequence[Idea]:
    people, participants = crowd_of
    threads = {thread.number: thread.id for thread in threads_of(session, consultation)}
    ideas = []
    for line, moment, stimulus in zip(*written, strict=True):
        author = participants[crowd.likeliest_author(rng, people, stimulus).number - 1]
        idea = Idea(
            consultation_id=consultation.id,
            thread_id=threads[line.thread],
            author_id=author.id,
            number=stimulus.position + 1,
            language=line.language,
            statement=line.statement,
            elaboration=line.elaboration,
            elaboration_html=markdown_to_html(line.elaboration) if line.elaboration else "",
            created_at=moment,
            edited_at=stimulus.opens_at if line.edited else None,
            withdrawn_at=stimulus.closes_at if line.is_withdrawn else None,
            hidden_at=stimulus.closes_at if line.hidden_under else None,
        )
        wordings = (
            [(line.edited, moment), (line.statement, stimulus.opens_at)]
            if line.edited
            else [(line.statement, moment)]
        )
        idea.revisions = [
            IdeaRevision(
                number=number,
                language=line.language,
                statement=statement,
                elaboration=line.elaboration,
                created_at=at,
            )
            for number, (statement, at) in enumerate(wordings, start=1)
        ]
        ideas.append(idea)
    session.add_all(ideas)
    session.flush()
    index_many(session, [(idea.id, idea.statement, idea.elaboration, idea.language) for idea in ideas])
    return ideas


def _ballots(scene: Scene, rng: Random, *, ends: datetime) -> list[Ballot]:
    """Everybody's votes. The guest has finished two questions, begun two more, and left three."""
    guest = scene.people[GUEST_NUMBER - 1]
    others = [person for person in scene.people if person is not guest]
    ballots = list(crowd.cast_ballots(rng, others, scene.stimuli, ends=ends))
    shares = {1: 1.0, 2: 1.0, 3: 0.68, 4: 0.74}
    chosen = []
    for thread, share in shares.items():
        there = [
            stimulus
            for stimulus, line in zip(scene.stimuli, scene.lines, strict=True)
            if line.thread == thread and not line.hidden_under and not line.is_withdrawn
        ]
        chosen += there[: round(len(there) * share)]
    for ballot in crowd.complete(rng, guest, chosen, ends=ends):
        # Nothing is taken back: the progress bars are to look the same each time.
        ballots.append(ballot if ballot.choice is not None else Ballot(*_kept(ballot)))
    return ballots


def _kept(ballot: Ballot) -> tuple[int, int, tuple[tuple[datetime, int | None], ...]]:
    return ballot.person, ballot.stimulus, ballot.events[:1]


def _add_votes(session: Session, scene: Scene, ballots: Sequence[Ballot]) -> None:
    people = [participant.id for participant in scene.participants]
    ideas = [idea.id for idea in scene.ideas]
    counts: list[Counter[int]] = [Counter() for _ in ideas]
    votes: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for ballot in ballots:
        keys = {"participant_id": people[ballot.person - 1], "idea_id": ideas[ballot.stimulus]}
        events += [{**keys, "choice": choice, "happened_at": at} for at, choice in ballot.events]
        if ballot.choice is not None:
            cast_at = ballot.events[-1][0]
            votes.append({**keys, "choice": ballot.choice, "previous": ballot.previous, "cast_at": cast_at})
            counts[ballot.stimulus][ballot.choice] += 1
    votes.sort(key=lambda vote: (vote["participant_id"], vote["idea_id"]))
    events.sort(key=lambda event: (event["happened_at"], event["participant_id"], event["idea_id"]))
    for table, rows in ((Vote, votes), (VoteEvent, events)):
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            session.execute(insert(cast(Table, table.__table__)), rows[start : start + _ROWS_AT_ONCE])
    for idea, count in zip(scene.ideas, counts, strict=True):
        idea.agrees, idea.disagrees, idea.passes = count[AGREE], count[DISAGREE], count[PASS]
    session.flush()
