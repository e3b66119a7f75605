"""Lines made of blocks say what lines made one by one would say."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deliberation.exchange.lines import dates_and_times, joined, moments, picked, whole

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
numbers = st.lists(st.integers(0, 2**40), min_size=1, max_size=20)
micros = st.lists(st.integers(0, 4_000_000_000_000_000), min_size=1, max_size=20)


@given(numbers)
def test_numbers_are_written_as_python_writes_them(values: list[int]) -> None:
    assert joined(whole(np.array(values)), b"\n").decode().split() == [str(value) for value in values]


@given(micros)
def test_moments_are_written_to_the_microsecond(values: list[int]) -> None:
    written = joined(moments(np.array(values)), b"\n").decode().split()
    assert [datetime.fromisoformat(word) for word in written] == [
        EPOCH + timedelta(microseconds=value) for value in values
    ]


@given(micros)
def test_dates_are_written_as_javascript_writes_them(values: list[int]) -> None:
    seconds = np.array(values) // 1_000_000
    pattern = "%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)"
    assert joined(dates_and_times(seconds), b"\n").decode().splitlines() == [
        (EPOCH + timedelta(seconds=second)).strftime(pattern) for second in seconds.tolist()
    ]


def test_words_of_any_length_stand_side_by_side() -> None:
    fields = (whole(np.array([7, 12])), b",", picked([b"-1", b"", b"1"], [0, 1]), b"\n")
    assert joined(*fields) == b"7,-1\n12,\n"
