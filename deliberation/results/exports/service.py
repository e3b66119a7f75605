"""The answers of a survey as files: who may have them, and what is in them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from deliberation.analysis.fewest import FEWEST
from deliberation.base.errors import Conflict, marked
from deliberation.insights.queries import find_landscape
from deliberation.moderation.acts import Actor, require_facilitator
from deliberation.results.exports.rows import shuffled_answers
from deliberation.results.exports.variables import GROUP, GROUP_TEXTS, Cell, Measure, Table, Variable
from deliberation.surveys.models import Privacy, Survey
from deliberation.surveys.queries import count_answered, definition_in

TOO_FEW: Final = marked(
    "Fewer than ten people have answered. One by one, their answers would say who they are."
)
STILL_OPEN: Final = marked(
    "The survey is open. Its answers can be taken along one by one when it has closed: before that, who has "
    "answered since the last time would stand out."
)


class Answers:
    """What a facilitator takes along: variables, and rows in an order that says nothing."""

    def __init__(
        self, session: Session, *, survey: Survey, by: Actor, language: str, is_closed: bool
    ) -> None:
        """Raises NotAFacilitator, NotFound, and Conflict where the answers would say whose they are."""
        require_facilitator(session, survey.consultation_id, by)
        if not is_closed:
            raise Conflict(STILL_OPEN)
        if count_answered(session, survey) < FEWEST:
            raise Conflict(TOO_FEW)
        self._session, self._survey = session, survey
        self.definition = definition_in(session, survey)
        self._table = Table(self.definition, language=language)
        self._letters = _letters(session, survey)
        label = GROUP_TEXTS.get(language, GROUP_TEXTS["en"])
        group = Variable(name=GROUP, label=label, measure=Measure.TEXT, question=GROUP, labels={}, keys={})
        self.variables = (*self._table.variables, *([group] if self._letters else []))

    def rows(self) -> Iterator[list[Cell]]:
        """Return the cells of each respondent."""
        for answers, person in shuffled_answers(self._session, self._survey):
            row = self._table.row(answers)
            if self._letters:
                row.append(self._letters.get(person or 0))
            yield row

    def stored(self) -> Iterator[Mapping[str, Any]]:
        """Return the answers of each respondent as they are stored."""
        for answers, person in shuffled_answers(self._session, self._survey):
            letter = self._letters.get(person or 0)
            yield {**answers, GROUP: letter} if self._letters else answers


def _letters(session: Session, survey: Survey) -> dict[int, str]:
    """Return the opinion group of each participant, small groups left out; nothing in an anonymous survey."""
    stored = find_landscape(session, survey.consultation_id) if survey.privacy is Privacy.LINKED else None
    if stored is None or len(stored.letters) < 2:
        return {}
    groups, people = stored.landscape.group_of.tolist(), stored.landscape.people.tolist()
    sizes = {group: groups.count(group) for group in set(groups)}
    return {
        person: stored.letters[group]
        for person, group in zip(people, groups, strict=True)
        if group >= 0 and sizes[group] >= FEWEST
    }
