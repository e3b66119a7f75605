"""What must be true of votes, counts and journal at any moment. Independent of the code it checks."""

from collections import Counter, defaultdict
from itertools import pairwise

from sqlalchemy import Connection, text


def complaints(connection: Connection, *, votes: str = "votes") -> list[str]:
    """Return what is wrong: two votes of one person on one idea, counts that no recount gives (of votes,
    exposures or people), a journal that does not lead to the votes. `votes` is the table that holds them."""
    cast = connection.execute(text(f"SELECT participant_id, idea_id, choice FROM {votes}")).all()
    found = [
        f"participant {person} has {rows} votes on idea {idea}"
        for (person, idea), rows in Counter((person, idea) for person, idea, _ in cast).items()
        if rows != 1
    ]
    recount = Counter((idea, choice) for _, idea, choice in cast)
    for idea, *counted in connection.execute(text("SELECT id, agrees, disagrees, passes FROM ideas")):
        true = [recount[idea, choice] for choice in (1, -1, 0)]
        if counted != true:
            found.append(f"idea {idea} says {counted}, a recount gives {true}")
    found += _exposure_complaints(connection)
    found += voter_complaints(connection)
    return found + _journal_complaints(connection, {(p, i): c for p, i, c in cast})


def _exposure_complaints(connection: Connection) -> list[str]:
    shown = Counter(connection.execute(text("SELECT idea_id FROM exposures")).scalars())
    return [
        f"idea {idea} counts {counted} exposures, a recount gives {shown[idea]}"
        for idea, counted in connection.execute(text("SELECT id, exposures FROM ideas"))
        if counted != shown[idea]
    ]


def voter_complaints(connection: Connection) -> list[str]:
    """Return whose votes in a thread are not what a recount of the votes on its visible ideas gives."""
    visible = "hidden_at IS NULL AND withdrawn_at IS NULL AND merged_into_id IS NULL"
    ideas = connection.execute(text(f"SELECT id, thread_id FROM ideas WHERE {visible}")).all()
    thread_of = {idea: thread for idea, thread in ideas}  # noqa: C416 - the rows are no pairs to mypy
    cast = connection.execute(text("SELECT participant_id, idea_id FROM votes"))
    true = Counter((thread_of[idea], person) for person, idea in cast if idea in thread_of)
    rows = connection.execute(text("SELECT thread_id, participant_id, votes FROM thread_voters"))
    kept = Counter({(thread, person): votes for thread, person, votes in rows})
    return [
        f"participant {person} counts {kept[thread, person]} votes in thread {thread}: {true[thread, person]}"
        for thread, person in kept.keys() | true.keys()
        if kept[thread, person] != true[thread, person]
    ]


def _journal_complaints(connection: Connection, standing: dict[tuple[int, int], int]) -> list[str]:
    told: dict[tuple[int, int], list[int | None]] = defaultdict(list)
    events = "SELECT participant_id, idea_id, choice FROM vote_events ORDER BY id"
    for person, idea, choice in connection.execute(text(events)):
        told[person, idea].append(choice)
    found = []
    for key in told.keys() | standing.keys():
        story = [None, *told[key]]
        if story[-1] != standing.get(key):
            found.append(f"the journal of {key} ends with {story[-1]}, the vote says {standing.get(key)}")
        if any(before == after for before, after in pairwise(story)):
            found.append(f"the journal of {key} says the same twice running: {story}")
    return found
