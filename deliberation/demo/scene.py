"""What the demonstration is made of, while it is being made."""

from collections.abc import Sequence
from dataclasses import dataclass

from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.demo.crowd import Person, Stimulus
from deliberation.demo.script import Line, Script
from deliberation.ideas.models import Idea


@dataclass(frozen=True, slots=True)
class Scene:
    """The consultation, the people, and what they wrote."""

    consultation: Consultation
    script: Script
    people: Sequence[Person]
    participants: Sequence[Participant]
    lines: Sequence[Line]
    """In the order in which they were posted."""
    stimuli: Sequence[Stimulus]
    ideas: Sequence[Idea]
