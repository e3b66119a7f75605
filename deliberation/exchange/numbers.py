"""Whole numbers from the database, many at once: a million rows as rows would cost seconds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, String, cast, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from deliberation.base.database import is_sqlite

SECOND = 1_000_000
"""A second in microseconds."""

Numbers = NDArray[np.int64]
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def read_numbers(session: Session, *columns: Column, where: ColumnElement[bool]) -> Numbers:
    """Return the rows that satisfy `where`, in no order: an array of shape (rows, columns).

    The columns are whole numbers and never NULL. The database writes them into one string, so a call is
    for some ten thousand rows, not for a table.
    """
    row: ColumnElement[str] = cast(columns[0], String)
    for column in columns[1:]:
        row = row.concat(",").concat(cast(column, String))
    text = session.scalar(select(func.aggregate_strings(row, ",")).where(where))
    found = np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, np.int64)
    return found.reshape(-1, len(columns))


def microseconds(session: Session, moment: Column) -> ColumnElement[int]:
    """Return the expression for a column of moments as microseconds since 1970."""
    if is_sqlite(session):
        # As SQLAlchemy keeps a moment there: "2026-11-24 22:15:58.123456", in UTC.
        seconds = cast(func.strftime("%s", moment), BigInteger)
        return seconds * SECOND + cast(func.substr(cast(moment, String), 21), BigInteger)
    return cast(extract("epoch", moment) * SECOND, BigInteger)
