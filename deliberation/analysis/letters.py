"""Letters for groups that stay with the same people from one landscape to the next."""

from collections.abc import Mapping
from string import ascii_uppercase

import numpy as np

from deliberation.analysis.landscape import Landscape


def assign_letters(landscape: Landscape, previous: Mapping[int, str]) -> tuple[str, ...]:
    """Return a letter for each group, given each person's letter in the landscape before.

    Letters go so that as many people as possible keep theirs. A group that has nobody of a letter left over
    takes the first letter that nobody had, so that it is not taken for a group that is gone. Without a
    landscape before, groups are A, B, C… by size.
    """
    from scipy.optimize import linear_sum_assignment  # slow; no server computes

    known = sorted(set(previous.values()))
    shared = np.zeros((landscape.groups, len(known)), dtype=np.int64)
    for person, group in zip(landscape.people.tolist(), landscape.group_of.tolist(), strict=True):
        letter = previous.get(person)
        if group >= 0 and letter is not None:
            shared[group, known.index(letter)] += 1
    letters: list[str | None] = [None] * landscape.groups
    for group, which in zip(*linear_sum_assignment(shared, maximize=True), strict=True):
        if shared[group, which]:
            letters[group] = known[which]
    unused = iter(letter for letter in ascii_uppercase if letter not in known)
    return tuple(letter or next(unused) for letter in letters)
