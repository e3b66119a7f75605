"""The kinds of question, one class each. Pure: they know no database and no page.

A question reads an answer three times over:

`take(form)`      what a form says -> `Taken`: what is to be stored, or why not
`accepts(stored)` whether something stored is an answer to this question as it is worded now
`read(stored)`    what is stored -> a typed value of `answers`, for results

What is stored is plain JSON; each class says what. Null is *prefer not to say*; what nobody answered is not
there.
"""

from typing import Final

from deliberation.surveys.questions.base import Kind, Question
from deliberation.surveys.questions.choices import MultipleChoice, SingleChoice, YesNo
from deliberation.surveys.questions.numbers import DateQuestion, NumberQuestion
from deliberation.surveys.questions.ranking import Ranking
from deliberation.surveys.questions.scales import Matrix, Scale
from deliberation.surveys.questions.texts import LongText, Note, ShortText

KINDS: Final[dict[Kind, type[Question]]] = {
    one.kind: one
    for one in (
        SingleChoice,
        MultipleChoice,
        YesNo,
        Scale,
        Matrix,
        Ranking,
        NumberQuestion,
        DateQuestion,
        ShortText,
        LongText,
        Note,
    )
}
