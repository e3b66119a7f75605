"""How sure a share is, and how ideas are ranked by it.

Every share in the product is a share of *all who voted* on the idea, passes included, and is shown with
its interval: "34 of 41 agree (69–91 %)". The rankings use the lower end of such an interval, so that
three of three does not outrank ninety of a hundred.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import hypot, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """The shares, from `low` to `high` within 0…1, that the counts are compatible with.

    Of a difference between two shares: within -1…1.
    """

    low: float
    high: float


def wilson_interval(successes: int, total: int, *, confidence: float = CONFIDENCE) -> Interval:
    """The two-sided score interval, without continuity correction, for a share of `successes` in `total`.

    With p = successes / total and z the normal quantile of (1 + confidence) / 2, the ends are
    (p + z²/2n ± z·sqrt(p(1 − p)/n + z²/4n²)) / (1 + z²/n).
    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22 (1927); method 3 in R. G. Newcombe, Statistics in Medicine
    17 (1998) 857–872.

    Nothing is known of a share nobody has voted on: a total of 0 gives 0…1.
    Raises ValueError unless 0 ≤ successes ≤ total and 0 < confidence < 1.
    """
    if not 0 <= successes <= total:
        raise ValueError(f"{successes} of {total} is not a share")
    z_squared = quantile(confidence) ** 2
    if total == 0:
        return Interval(0.0, 1.0)
    # Multiplied through by n², which keeps whole counts whole for as long as possible.
    centre = successes + z_squared / 2
    reach = sqrt(z_squared * (successes * (total - successes) / total + z_squared / 4))
    scale = total + z_squared
    # The formula gives the limits 0 and 1 exactly; floating point may miss them by a hair.
    low = 0.0 if successes == 0 else (centre - reach) / scale
    high = 1.0 if successes == total else (centre + reach) / scale
    return Interval(max(0.0, low), min(1.0, high))


def newcombe_interval(
    successes: int, total: int, other_successes: int, other_total: int, *, confidence: float = CONFIDENCE
) -> Interval:
    """The hybrid score interval, without continuity correction, for the difference of two shares.

    With p, from l to u, the one share with its Wilson interval and q, from m to v, the other, the ends are
    p − q − sqrt((p − l)² + (v − q)²) and p − q + sqrt((u − p)² + (q − m)²).
    Source: method 10 in R. G. Newcombe, "Interval estimation for the difference between independent
    proportions", Statistics in Medicine 17 (1998) 873–890.

    Nothing is known where nobody has voted on one side: -1…1. Raises ValueError as `wilson_interval` does.
    """
    one = wilson_interval(successes, total, confidence=confidence)
    other = wilson_interval(other_successes, other_total, confidence=confidence)
    if total == 0 or other_total == 0:
        return Interval(-1.0, 1.0)
    share, other_share = successes / total, other_successes / other_total
    difference = share - other_share
    return Interval(
        max(-1.0, difference - hypot(share - one.low, other.high - other_share)),
        min(1.0, difference + hypot(one.high - share, other_share - other.low)),
    )


def agreement(*, agrees: int, disagrees: int, passes: int) -> float:
    """How surely people agree: the lower end of the interval of agrees among all who voted.

    0 unless more than half of them agree: such an idea is in no list of what is most agreed.
    """
    if agrees <= disagrees + passes:
        return 0.0
    return wilson_interval(agrees, agrees + disagrees + passes).low


def division(*, agrees: int, disagrees: int, passes: int) -> float:
    """How surely people are divided: the lower end of the interval of the smaller side among all who voted.

    The smaller of agrees and disagrees is a share of at most one half; it is greatest when as many stand
    on each side, and passes lessen it. 0 when one side is empty.
    """
    return wilson_interval(min(agrees, disagrees), agrees + disagrees + passes).low


def uncertainty(*, agrees: int, disagrees: int, passes: int) -> float:
    """How surely people are unsure: the lower end of the interval of passes among all who voted.

    0 when nobody passed.
    """
    return wilson_interval(passes, agrees + disagrees + passes).low


@lru_cache(maxsize=16)
def quantile(confidence: float = CONFIDENCE) -> float:
    """How many standard deviations each way hold this share of a normal distribution: 1.96 for 95 %.

    Raises ValueError unless 0 < confidence < 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"{confidence} is not a confidence between 0 and 1")
    return NormalDist().inv_cdf((1 + confidence) / 2)
