"""What the formats made for reading have in common: what is said, in which order."""

from collections.abc import Iterator
from dataclasses import dataclass

from deliberation.synthesis.writers.document import CitedIdea, Document, Participation, ThreadDocument
from deliberation.synthesis.writers.numbers import (
    format_count,
    format_interval,
    format_time,
    language_name,
)


@dataclass(frozen=True)
class Section:
    """A heading within a thread, what it means, and the ideas under it. `key` is its place in anchors."""

    key: str
    heading: str
    note: str
    ideas: tuple[CitedIdea, ...]


def sections_of(thread: ThreadDocument, document: Document) -> tuple[Section, ...]:
    """The sections of a thread in the order they are read.

    With opinion groups, what holds in all of them and what divides them stands where otherwise the most
    agreed and the most divided ideas stand.
    """
    words = document.words
    if document.grouping and document.grouping.groups:
        return (
            Section("holds", words.holds, words.holds_note, thread.holds),
            Section("divides", words.divides, words.divides_note, thread.divides),
            Section("most-unsure", words.most_unsure, words.most_unsure_note, thread.most_unsure),
        )
    return (
        Section("most-agreed", words.most_agreed, words.most_agreed_note, thread.most_agreed),
        Section("most-divided", words.most_divided, words.most_divided_note, thread.most_divided),
        Section("most-unsure", words.most_unsure, words.most_unsure_note, thread.most_unsure),
    )


def thread_anchor(thread: ThreadDocument) -> str:
    """The name by which links reach the thread within the document."""
    return f"thread-{thread.number}"


def facts_of(document: Document) -> Iterator[tuple[str, str]]:
    """What the document is, as pairs of a label and a value."""
    words = document.words
    yield words.phase, document.phase_name
    yield words.generated, format_time(document.generated_at, document.language)


def figures_of(participation: Participation, document: Document) -> Iterator[tuple[str, str]]:
    """The participation figures, as pairs of a label and a value."""
    words = document.words
    for label, count in (
        (words.participants, participation.participants),
        (words.votes, participation.votes),
        (words.ideas, participation.ideas),
        (words.hidden_ideas, participation.hidden_ideas),
        (words.withdrawn_ideas, participation.withdrawn_ideas),
        (words.merged_ideas, participation.merged_ideas),
    ):
        yield label, format_count(count, document.language)


def shares_of(idea: CitedIdea, document: Document) -> Iterator[str]:
    """The result of an idea as three phrases: those who agree, disagree and pass, always in that order."""
    words, language = document.words, document.language
    for phrase, count, interval in (
        (words.agree_share, idea.agrees, idea.agree_interval),
        (words.disagree_share, idea.disagrees, idea.disagree_interval),
        (words.pass_share, idea.passes, idea.pass_interval),
    ):
        yield phrase(count=count, total=idea.voters, interval=format_interval(interval, language))


def groups_of(idea: CitedIdea, document: Document) -> Iterator[str]:
    """The result of an idea in each group, or that it is not shown; nothing where it has none."""
    words, language = document.words, document.language
    if not (document.grouping and idea.groups):
        return
    for group, votes in zip(document.grouping.groups, idea.groups, strict=True):
        share = words.not_shown
        if votes:
            interval = format_interval(votes.agree_interval, language)
            share = words.agree_share(count=votes.agrees, total=votes.voters, interval=interval)
        yield f"{words.group_name(group.letter)}: {share}"


def origin_of(idea: CitedIdea, document: Document) -> Iterator[str]:
    """Who wrote the idea, and its language where that is not the document's; each may be missing."""
    if idea.author is not None:
        yield document.words.participant_number(idea.author)
    if idea.language != document.language:
        yield language_name(idea.language, in_language=document.language)
