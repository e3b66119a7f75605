"""The synthesis as JSON, in the stable form `deliberation-synthesis/1`.

Within one version, members are never renamed, removed or given another meaning; new ones may appear.
Keys are sorted, the encoding is UTF-8 without escapes, the file ends with a newline. The members:

- `schema`: always "deliberation-synthesis/1"
- `consultation`: `slug`, `title`, `introduction`, `language` (of these texts and of the questions)
- `address`: of the page the document was taken from; `generated_at`: ISO 8601 with offset; `phase`:
  draft, gathering, voting, synthesis or published; `language`: of `method`; `method`: list of paragraphs
- `interval`: `name` ("wilson") and `confidence` of every interval in the document
- `participation`: `participants`, `votes`, `ideas`, `hidden_ideas`, `withdrawn_ideas`, `merged_ideas`
- `grouping`, or null where no landscape has been counted: `outcome` ("groups", "no_stable_groups",
  "one_crowd" or "nothing"), `groups` (a list: `letter`, and `people` or null where the number would give
  away a small group's), `small_groups` (how many), `counted_at`, `inputs_digest` and `digest` (of the votes
  and of the landscape), `note` (a paragraph in `language`)
- `threads`, a list: `number`, `question`, `address`, `participation` (as above); `most_agreed`,
  `most_divided`, `most_unsure`, `holds_in_every_group`, `divides_the_groups`: numbers of ideas, in order; and
  `ideas`, a list: `number`, `statement`, `language`, `author` (a participant's number, or null), `agrees`,
  `disagrees`, `passes`, `tags` (list of names), `address`, and `agree_share`, `disagree_share`,
  `pass_share`: each `low` and `high` from 0 to 1, the interval of the share of all who voted; and `groups`,
  a list in the order of the grouping's (empty without one): `agrees`, `disagrees`, `passes` and
  `agree_share`, as they were when the grouping was counted, or null where they may not be shown.
"""

import json
from typing import TypeAlias

from deliberation.analysis.intervals import CONFIDENCE, Interval
from deliberation.synthesis.writers.document import (
    CitedIdea,
    Document,
    Grouping,
    GroupVotes,
    Participation,
    ThreadDocument,
)
from deliberation.synthesis.writers.text import encodable

Json: TypeAlias = "str | int | float | list[Json] | dict[str, Json] | None"

SCHEMA = "deliberation-synthesis/1"
# Beyond this the arithmetic of different machines may differ.
_DECIMALS = 6


def write_json(document: Document) -> bytes:
    """The document as UTF-8 JSON."""
    text = json.dumps(_document(document), ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return encodable(text + "\n").encode()


def _document(document: Document) -> dict[str, Json]:
    return {
        "schema": SCHEMA,
        "consultation": {
            "slug": document.slug,
            "title": document.title,
            "introduction": document.introduction,
            "language": document.content_language,
        },
        "address": document.address,
        "generated_at": document.generated_at.isoformat(),
        "phase": document.phase,
        "language": document.language,
        "method": list(document.method),
        "interval": {"name": "wilson", "confidence": CONFIDENCE},
        "participation": _participation(document.participation),
        "grouping": _grouping(document.grouping) if document.grouping else None,
        "threads": [_thread(thread) for thread in document.threads],
    }


def _thread(thread: ThreadDocument) -> dict[str, Json]:
    return {
        "number": thread.number,
        "question": thread.question,
        "address": thread.address,
        "participation": _participation(thread.participation),
        "most_agreed": [idea.number for idea in thread.most_agreed],
        "most_divided": [idea.number for idea in thread.most_divided],
        "most_unsure": [idea.number for idea in thread.most_unsure],
        "holds_in_every_group": [idea.number for idea in thread.holds],
        "divides_the_groups": [idea.number for idea in thread.divides],
        "ideas": [_idea(idea) for idea in thread.all_ideas],
    }


def _idea(idea: CitedIdea) -> dict[str, Json]:
    return {
        "number": idea.number,
        "statement": idea.statement,
        "language": idea.language,
        "author": idea.author,
        "agrees": idea.agrees,
        "disagrees": idea.disagrees,
        "passes": idea.passes,
        "agree_share": _interval(idea.agree_interval),
        "disagree_share": _interval(idea.disagree_interval),
        "pass_share": _interval(idea.pass_interval),
        "tags": list(idea.tags),
        "address": idea.address,
        "groups": [_group_votes(votes) if votes else None for votes in idea.groups],
    }


def _group_votes(votes: GroupVotes) -> dict[str, Json]:
    return {
        "agrees": votes.agrees,
        "disagrees": votes.disagrees,
        "passes": votes.passes,
        "agree_share": _interval(votes.agree_interval),
    }


def _grouping(grouping: Grouping) -> dict[str, Json]:
    return {
        "outcome": grouping.outcome,
        "groups": [{"letter": group.letter, "people": group.people} for group in grouping.groups],
        "small_groups": grouping.small_groups,
        "counted_at": grouping.counted_at.isoformat(),
        "inputs_digest": grouping.inputs_digest,
        "digest": grouping.digest,
        "note": grouping.note,
    }


def _participation(participation: Participation) -> dict[str, Json]:
    return {
        "participants": participation.participants,
        "votes": participation.votes,
        "ideas": participation.ideas,
        "hidden_ideas": participation.hidden_ideas,
        "withdrawn_ideas": participation.withdrawn_ideas,
        "merged_ideas": participation.merged_ideas,
    }


def _interval(interval: Interval) -> dict[str, Json]:
    return {"low": round(interval.low, _DECIMALS), "high": round(interval.high, _DECIMALS)}
