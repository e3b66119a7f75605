"""What comes next for somebody who votes on one idea at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from deliberation.votes.pool import Extremities, Pools
from deliberation.votes.queries import Share, Shown, VoteCard, find_card, shown_to
from deliberation.votes.routing import Candidates, Drawn, ask_for, draw, draw_again

POOLS = Pools()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who is to be shown something, and what they ask for."""

    seed: int | None
    """What their lots fall by; none for a visitor, of whom nothing is known."""
    participant_id: int | None
    language: str
    thread_number: int | None = None
    again: int | None = None
    """The number of an idea that they want back, having taken back their vote on it."""
    passed_over: Sequence[int] = ()
    """The numbers of ideas that they want to come later, in this round."""

    @property
    def is_known(self) -> bool:
        """Whether it is known what they have been shown before."""
        return self.seed is not None


@dataclass(frozen=True, slots=True)
class Turn:
    """The idea whose turn it is and how it came to be, None where nothing is left; and how much there is."""

    card: VoteCard | None
    drawn: Drawn | None
    share: Share


def find_turn(
    session: Session,
    consultation_id: int,
    *,
    reader: Reader,
    moment: datetime,
    read_extremities: Callable[[], Extremities],
    is_fresh: bool = False,
) -> Turn:
    """Return what the reader is shown next (three statements, at times five).

    The chances may be `pool.MOST_SECONDS` old. What is shown is open at this moment and not voted on: where
    it turns out not to be, or nothing seems to be left, everything is read anew.
    """
    shown = shown_to(session, reader.participant_id)
    lots = _lots(consultation_id, reader, shown, moment)
    for fresh in [True] if is_fresh else [False, True]:
        pool = POOLS.of(session, consultation_id, read_extremities=read_extremities, is_fresh=fresh)
        candidates = pool.within(reader.thread_number)
        drawn = _choose(candidates, shown, reader, lots)
        card = _card(session, consultation_id, drawn, reader)
        if card is not None:
            break
    voted = int(candidates.are_among(shown.voted).sum())
    return Turn(card, drawn if card else None, Share(voted, len(candidates)))


def _choose(candidates: Candidates, shown: Shown, reader: Reader, lots: dict[str, int]) -> Drawn | None:
    if reader.again is not None and (wanted := ask_for(candidates, reader.again, voted=shown.voted)):
        return wanted
    if not reader.is_known:
        is_left = ~np.isin(candidates.numbers, list(reader.passed_over))
        candidates = candidates.where(is_left) if is_left.any() else candidates
    return draw(candidates, seen=shown.seen, language=reader.language, **lots) or draw_again(
        candidates, put_off=shown.seen - shown.voted, passed_over=reader.passed_over, **lots
    )


def _lots(consultation_id: int, reader: Reader, shown: Shown, moment: datetime) -> dict[str, int]:
    """Return what the lots fall by: alike until the reader has been shown something more, or, for somebody
    of whom nothing is known, until the hour is over."""
    step = len(shown.seen) if reader.is_known else int(moment.timestamp()) // 3600
    return {"seed": reader.seed or 0, "step": (consultation_id << 32) + step}


def _card(session: Session, consultation_id: int, drawn: Drawn | None, reader: Reader) -> VoteCard | None:
    if drawn is None:
        return None
    card = find_card(session, consultation_id, drawn.number, participant_id=reader.participant_id)
    return None if card is None or card.is_locked or card.my_choice is not None else card
