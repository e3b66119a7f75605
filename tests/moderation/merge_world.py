"""Ideas that people vote on and tag while facilitators merge, part, hide and restore them, and what must
then be true: told twice, once by the product and once by a model that knows nothing of its tables."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.errors import Conflict, NotFound, Refused
from deliberation.consultations.models import Consultation
from deliberation.ideas.service import withdraw_idea
from deliberation.moderation.merging import merge_idea, part_idea
from deliberation.moderation.models import ModerationAct
from deliberation.moderation.service import hide_idea, restore_idea
from deliberation.tags.service import apply_tag, remove_tag
from deliberation.votes.models import Choice
from deliberation.votes.service import cast_vote
from tests import factories
from tests.votes.recount import complaints

PEOPLE, IDEAS, TAGS = 2, 4, 1
_idea, _person = st.integers(0, IDEAS - 1), st.integers(0, PEOPLE - 1)
_vote = st.tuples(st.just("vote"), _idea, _person, st.sampled_from([*Choice, None]))
_merge = st.tuples(st.just("merge"), _idea, _idea)
_other = st.one_of(
    st.tuples(
        st.sampled_from(["part", "part", "part", "part", "hide", "restore", "restore", "withdraw"]), _idea
    ),
    st.tuples(st.just("there_and_back"), _idea, _idea),
    st.tuples(st.sampled_from(["tag", "tag", "untag"]), _idea, _person, st.integers(0, TAGS - 1)),
)
SEQUENCES = st.lists(st.one_of(_vote, _vote, _vote, _merge, _merge, _other), min_size=5, max_size=40)
"""Votes, changes, take-backs, tags, merges, partings, hides, restores and withdrawals in any order."""


@dataclass
class Model:
    """What is expected: the votes and tags that each idea was given itself, and which ideas are together."""

    votes: dict[tuple[int, int], tuple[Choice, int]] = field(default_factory=dict)
    tags: set[tuple[int, int, int]] = field(default_factory=set)
    into: dict[int, int] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    moment: int = 0

    def root(self, idea: int) -> int:
        while idea in self.into:
            idea = self.into[idea]
        return idea

    def family(self, root: int) -> set[int]:
        return {idea for idea in range(IDEAS) if self._leads_through(idea, root)}

    def standing(self, idea: int) -> dict[int, Choice]:
        """What each person's newest vote on the idea and all in it says; nothing for a merged one."""
        if idea in self.into:
            return {}
        newest: dict[int, tuple[int, Choice]] = {}
        for (place, person), (choice, moment) in self.votes.items():
            if place in self.family(idea) and moment > newest.get(person, (-1, choice))[0]:
                newest[person] = (moment, choice)
        return {person: choice for person, (_, choice) in newest.items()}

    def is_open(self, *ideas: int) -> bool:
        return not any(idea in self.hidden or idea in self.withdrawn or idea in self.into for idea in ideas)

    def vote(self, idea: int, person: int, choice: Choice | None) -> bool:
        root = self.root(idea)
        if not self.is_open(root):
            return False
        self.moment += 1
        if choice is None:
            for place in self.family(root):
                self.votes.pop((place, person), None)
        elif self.standing(root).get(person) != choice:
            self.votes[root, person] = (choice, self.moment)
        return True

    def tag(self, idea: int, person: int, tag: int) -> bool:
        if not self.is_open(idea):
            return False
        if not any((place, tag, person) in self.tags for place in self.family(idea)):
            self.tags.add((idea, tag, person))
        return True

    def untag(self, idea: int, person: int, tag: int) -> bool:
        if not self.is_open(idea):
            return False
        self.tags -= {(place, tag, person) for place in self.family(idea)}
        return True

    def merge(self, idea: int, into: int) -> bool:
        if idea == into or not self.is_open(idea, into):
            return False
        self.into[idea] = into
        return True

    def part(self, idea: int) -> bool:
        return self.into.pop(idea, None) is not None

    def hide(self, idea: int) -> bool:
        if idea in self.hidden or idea in self.withdrawn:
            return False
        self.hidden.add(idea)
        return True

    def restore(self, idea: int) -> bool:
        if idea not in self.hidden:
            return False
        self.hidden.remove(idea)
        return True

    def withdraw(self, idea: int) -> bool:
        if idea in self.withdrawn:
            return True
        if idea in self.into or idea in self.into.values():
            return False
        self.withdrawn.add(idea)
        return True

    def _leads_through(self, idea: int, root: int) -> bool:
        while idea != root and idea in self.into:
            idea = self.into[idea]
        return idea == root


class World:
    """The product's side: rows made once, and acts by the same names."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.consultation: Consultation = factories.make_consultation(session, "merging", threads=1)
        self.by = factories.make_role(session, self.consultation).account_id
        self.rule = factories.make_rule(session, self.consultation).key
        self.accounts = [factories.make_account(session).id for _ in range(PEOPLE)]
        self.people = [
            factories.make_participant(session, self.consultation, session.get_one(Account, key))
            for key in self.accounts
        ]
        thread = self.consultation.threads[0]
        self.ideas = [factories.make_idea(session, thread, statement=f"Idea {n}") for n in range(IDEAS)]
        self.tags = [factories.make_tag(session, self.consultation, f"tag-{n}") for n in range(TAGS)]
        session.flush()

    def vote(self, idea: int, person: int, choice: Choice | None) -> None:
        ballot = cast_vote(
            self.session,
            slug="merging",
            idea_number=self.ideas[idea].number,
            account_id=self.accounts[person],
            choice=choice,
        )
        assert ballot.my_choice == choice

    def merge(self, idea: int, into: int) -> None:
        merge_idea(self.session, idea=self.ideas[idea], into=self.ideas[into], reason="The same.", by=self.by)

    def part(self, idea: int) -> None:
        part_idea(self.session, idea=self.ideas[idea], reason="Not the same.", by=self.by)

    def hide(self, idea: int) -> None:
        hide_idea(self.session, idea=self.ideas[idea], rule=self.rule, reason="Off the topic.", by=self.by)

    def restore(self, idea: int) -> None:
        restore_idea(self.session, idea=self.ideas[idea], reason="On it.", by=self.by)

    def withdraw(self, idea: int) -> None:
        withdraw_idea(self.session, idea=self.ideas[idea], by=self.ideas[idea].author)

    def tag(self, idea: int, person: int, tag: int) -> None:
        apply_tag(
            self.session, consultation=self.consultation, idea=self.ideas[idea],
            account_id=self.accounts[person], key=self.tags[tag].key,
        )  # fmt: skip

    def untag(self, idea: int, person: int, tag: int) -> None:
        remove_tag(
            self.session, consultation=self.consultation, idea=self.ideas[idea], by=self.people[person],
            key=self.tags[tag].key,
        )  # fmt: skip

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        self.session.flush()
        return sorted(map(tuple, self.session.execute(text(statement))), key=repr)

    def everything(self) -> list[list[tuple[Any, ...]]]:
        """Every vote, count and tag as the tables hold it."""
        return [
            self.rows("SELECT * FROM votes"),
            self.rows("SELECT * FROM set_aside_votes"),
            self.rows("SELECT * FROM idea_tags"),
            self.rows("SELECT id, agrees, disagrees, passes, merged_into_id, merged_at FROM ideas"),
        ]


def play(world: World, acts: list[tuple[Any, ...]]) -> None:
    """Do the acts on both sides; raise AssertionError where the product and the model part ways."""
    model, done = Model(), _log_length(world)
    for name, *arguments in acts:
        if name == "there_and_back":
            done += 2 * _there_and_back(world, model, *arguments)
            continue
        taken = _took(lambda name=name, arguments=arguments: getattr(world, name)(*arguments), world)  # type: ignore[misc]
        assert taken == getattr(model, name)(*arguments), (name, arguments)
        done += taken and name in {"merge", "part", "hide", "restore"}
        assert (found := differences(world, model)) == [], (name, arguments, found)
    assert _log_length(world) == done


def differences(world: World, model: Model) -> list[str]:
    """Return in what the tables differ from the model, from a recount and from their journal."""
    ideas = {idea.id: which for which, idea in enumerate(world.ideas)}
    people = {person.id: which for which, person in enumerate(world.people)}
    tags = {tag.id: which for which, tag in enumerate(world.tags)}
    found = complaints(world.session.connection())
    votes = world.rows("SELECT idea_id, participant_id, choice, origin_id FROM votes")
    stand = {(ideas[i], people[p]): choice for i, p, choice, _ in votes}
    wanted = {(i, p): choice for i in range(IDEAS) for p, choice in model.standing(i).items()}
    if stand != wanted:
        found.append(f"votes are {stand}, should be {wanted}")
    kept = {
        (ideas[i], people[p]): choice
        for i, p, choice in world.rows("SELECT idea_id, participant_id, choice FROM set_aside_votes")
    }
    kept |= {(ideas[i], people[p]): choice for i, p, choice, origin in votes if origin is None}
    if kept != {key: choice for key, (choice, _) in model.votes.items()}:
        found.append(f"kept are {kept}, should be {model.votes}")
    applied = world.rows("SELECT idea_id, tag_id, participant_id, origin_id FROM idea_tags")
    if {(ideas[i], tags[t], people[p]) for i, t, p, origin in applied if origin is None} != model.tags:
        found.append(f"tags are {applied}, should be {model.tags}")
    shown = Counter((ideas[i], tags[t], people[p]) for i, t, p, _ in applied if ideas[i] not in model.into)
    due = {
        (i, t, p)
        for i in range(IDEAS)
        if i not in model.into
        for place, t, p in model.tags
        if place in model.family(i)
    }
    if set(shown) != due or any(times > 1 for times in shown.values()):
        found.append(f"tags shown are {shown}, should be {due}")
    return found


def _log_length(world: World) -> int:
    return world.session.scalar(select(func.count()).select_from(ModerationAct)) or 0


def _there_and_back(world: World, model: Model, idea: int, into: int) -> bool:
    before = world.everything()
    taken = _took(lambda: world.merge(idea, into), world)
    assert taken == (idea != into and model.is_open(idea, into))
    if taken:
        world.part(idea)
    assert world.everything() == before, "merging and parting left something changed"
    return taken


def _took(act: Callable[[], None], world: World) -> bool:
    try:
        with world.session.begin_nested():
            act()
    except (Conflict, NotFound, Refused):
        world.session.expire_all()
        return False
    return True
