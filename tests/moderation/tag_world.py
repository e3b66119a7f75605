"""A few tags, ideas and people, and a model of what everybody should see, to play sequences against."""

from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, Refused
from deliberation.ideas.models import Idea
from deliberation.moderation import curation
from deliberation.moderation.models import ModerationAct
from deliberation.moderation.undoing import undo
from deliberation.tags.models import Tag
from deliberation.tags.queries import carries, labels_of, tags_in_thread, vocabulary
from deliberation.tags.service import apply_tag, remove_tag
from tests import factories

TAGS, IDEAS, PEOPLE = 4, 2, 3
_TAG, _IDEA, _PERSON = (st.integers(0, many - 1) for many in (TAGS, IDEAS, PEOPLE))
_ACT = st.one_of(
    st.tuples(st.just("apply"), _TAG, _IDEA, _PERSON),
    st.tuples(st.just("remove"), _TAG, _IDEA, _PERSON),
    st.tuples(st.just("rename"), _TAG, st.sampled_from(["red", "blue", "tag-0"])),
    st.tuples(st.just("merge"), _TAG, _TAG),
    st.tuples(st.just("part"), _TAG),
    st.tuples(st.just("undo")),
)
SEQUENCES = st.lists(_ACT, max_size=25)


class World:
    """The product beside the model: who put on what, what each tag was merged into, what it is called."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.consultation = factories.make_consultation(session)
        self.by = factories.make_role(session, self.consultation).account_id
        self.ideas = [factories.make_idea(session, self.consultation.threads[0]) for _ in range(IDEAS)]
        self.names = [f"tag-{one}" for one in range(TAGS)]
        self.tags = [
            factories.make_tag(session, self.consultation, name, names={"sv": name}) for name in self.names
        ]
        self.people = [
            factories.make_participant(session, self.consultation, factories.make_account(session))
            for _ in range(PEOPLE)
        ]
        session.commit()
        self.used: set[tuple[int, int, int]] = set()
        self.parents: dict[int, int] = {}
        self.acts: list[tuple[ModerationAct, Any]] = []

    def end(self, tag: int) -> int:
        """The tag that this one lives on as."""
        while tag in self.parents:
            tag = self.parents[tag]
        return tag

    def apply(self, tag: int, idea: int, person: int) -> None:
        living, participant = self.end(tag), self.people[person]
        apply_tag(
            self.session, consultation=self.consultation, idea=self.ideas[idea],
            account_id=participant.account_id or 0, key=self.tags[tag].key,
        )  # fmt: skip
        if not any((self.end(one), at, who) == (living, idea, person) for one, at, who in self.used):
            self.used.add((living, idea, person))

    def remove(self, tag: int, idea: int, person: int) -> None:
        remove_tag(
            self.session, consultation=self.consultation, idea=self.ideas[idea], by=self.people[person],
            key=self.tags[tag].key,
        )  # fmt: skip
        self.used = {
            (one, at, who)
            for one, at, who in self.used
            if (self.end(one), at, who) != (self.end(tag), idea, person)
        }

    def rename(self, tag: int, name: str) -> None:
        is_possible = tag not in self.parents and name not in self.names
        before = self.names[tag]
        if self._did(is_possible, curation.rename_tag, tag, language="sv", name=name):
            self.names[tag] = name
            self.acts.append((self._last(), ("rename", tag, before)))

    def merge(self, tag: int, into: int) -> None:
        is_possible = tag != into and not {tag, into} & self.parents.keys()
        if self._did(is_possible, curation.merge_tag, tag, into=self.tags[into].key):
            self.parents[tag] = into
            self.acts.append((self._last(), ("part", tag)))

    def part(self, tag: int) -> None:
        if self._did(tag in self.parents, curation.part_tag, tag, reason="Two things."):
            del self.parents[tag]

    def undo(self) -> None:
        """Undo the last act that can be undone, if nothing stands in the way."""
        if not self.acts:
            return
        act, (what, tag, *before) = self.acts.pop()
        try:
            undo(self.session, act=act, reason="A mistake.", by=self.by)
        except Conflict:
            return
        if what == "part":
            del self.parents[tag]
        else:
            self.names[tag] = before[0]

    def check(self) -> None:
        """Compare all that anybody sees of tags with the model, and with a recount by hand."""
        counted: dict[tuple[int, int], set[int]] = {}
        for tag, idea, person in self.used:
            counted.setdefault((idea, self.end(tag)), set()).add(person)
        spoken = {"language": "sv", "source": "sv"}
        keys = [idea.id for idea in self.ideas]
        labels = labels_of(self.session, keys, reader_id=self.people[0].id, **spoken)
        for place, idea in enumerate(self.ideas):
            found = {label.key: (label.name, label.count, label.is_mine) for label in labels.get(idea.id, ())}
            assert found == {
                self.tags[tag].key: (self.names[tag], len(people), 0 in people)
                for (at, tag), people in counted.items() if at == place
            }, "labels are"  # fmt: skip
        expected = {
            self.tags[tag].key: len({at for at, one in counted if one == tag})
            for tag in range(TAGS) if tag not in self.parents
        }  # fmt: skip
        everywhere = vocabulary(self.session, self.consultation.id, **spoken)
        assert {label.key: label.count for label in everywhere} == expected, "the vocabulary is"
        thread = tags_in_thread(self.session, self.consultation.threads[0].id, **spoken)
        assert {label.key: label.count for label in thread} == {
            key: ideas for key, ideas in expected.items() if ideas
        }, "the thread's tags are"
        for tag in range(TAGS):
            found_ideas = select(Idea.id).where(carries(self.consultation.id, self.tags[tag].key))
            wanted = {self.ideas[at].id for at, one in counted if one == self.end(tag)}
            assert set(self.session.scalars(found_ideas)) == wanted, "ideas with the tag are"
        assert self.rows() == {
            (self.tags[tag].id, self.ideas[idea].id, self.people[person].id)
            for tag, idea, person in self.used
        }, "rows are"

    def rows(self) -> set[tuple[int, ...]]:
        """What is written down about who put on what."""
        found = self.session.execute(text("SELECT tag_id, idea_id, participant_id FROM idea_tags"))
        return {tuple(row) for row in found}

    def standing(self) -> tuple[Any, ...]:
        """All that an undoing has to bring back."""
        rows = self.session.execute(
            text("SELECT key, status, merged_into_id, lives_as_id FROM tags ORDER BY id")
        )
        names = self.session.execute(
            text("SELECT tag_id, language, name, folded, is_translation FROM tag_names")
        )
        return self.rows(), [tuple(row) for row in rows], {tuple(row) for row in names}

    def _last(self) -> ModerationAct:
        return self.session.scalars(select(ModerationAct).order_by(ModerationAct.id.desc()).limit(1)).one()

    def _did(self, is_possible: bool, act: Any, tag: int, **what: Any) -> bool:
        before = len(self.session.scalars(select(ModerationAct.id)).all())
        try:
            act(self.session, tag=self.session.get_one(Tag, self.tags[tag].id), by=self.by, **what)
            did = True
        except (Conflict, Refused):
            did = False
        assert did == is_possible, "done is"
        rows = len(self.session.scalars(select(ModerationAct.id)).all()) - before
        assert rows == did, "rows in the log are"
        return did


def play(world: World, acts: list[tuple[Any, ...]]) -> None:
    """Do one act after another, on both; compare after each."""
    for name, *what in acts:
        getattr(world, name)(*what)
        world.check()
