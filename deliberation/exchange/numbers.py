"""Whole numbers from the database, many at once: a million rows as rows would cost seconds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, String, cast, extract, func, select, type_coerce
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
    # SQLite joins numbers as they are; its CAST would double the time.
    words = type_coerce if is_sqlite(session) else cast
    row: ColumnElement[str] = words(columns[0], String)
    for column in columns[1:]:
        row = row.concat(",").concat(words(column, String))
    text = session.scalar(select(func.aggregate_strings(row, ",")).where(where))
    found = np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, np.int64)
    return found.reshape(-1, len(columns))


def microseconds(session: Session, moment: Column) -> ColumnElement[int]:
    """Return the expression for a column of moments as microseconds since 1970."""
    if is_sqlite(session):
        # As SQLAlchemy keeps a moment there: "2026-11-24 22:15:58.123456", in UTC. SQLite itself rounds the
        # fraction to milliseconds, 59.9999 to the next minute.
        seconds = func.strftime("%s", func.substr(moment, 1, 19), type_=BigInteger)
        return cast(seconds * SECOND + func.substr(moment, 21, type_=BigInteger), BigInteger)
    return cast(extract("epoch", moment) * SECOND, BigInteger)
