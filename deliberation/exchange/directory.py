"""A directory that comes whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deliberation.base.errors import Refused

PRIVATE = 0o700


class ExportRefused(Refused):
    """Nothing was written."""


@contextmanager
def whole_directory(target: Path, *, is_private: bool) -> Iterator[Path]:
    """Give an empty directory beside `target` that takes its name once everything is written.

    `target` may be an empty directory, or not be there. A private one opens to its owner alone.
    Raises ExportRefused, leaving things as they were, where something is in the way or the disk refuses.
    """
    target = Path(os.path.abspath(target))
    _refuse_if_taken(target)
    try:
        unfinished = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise ExportRefused(f"{target} cannot be made: {error.strerror}.") from error
    try:
        yield unfinished
        _settle(unfinished, is_private=is_private)
        unfinished.rename(target)
    except OSError as error:
        raise ExportRefused(f"{target} cannot be written: {error.strerror}. Nothing was left.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _refuse_if_taken(target: Path) -> None:
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir() or target.is_symlink():
        raise ExportRefused(f"{target} is not a directory. Nothing was written over.")
    try:
        is_empty = next(target.iterdir(), None) is None
    except OSError as error:
        raise ExportRefused(f"{target} cannot be read: {error.strerror}.") from error
    if not is_empty:
        raise ExportRefused(f"{target} is not empty. Nothing was written over: name another directory.")


def _settle(directory: Path, *, is_private: bool) -> None:
    """Bring all of it to the disk, with the rights that a new directory gets here, or its owner's alone."""
    mask = os.umask(0)
    os.umask(mask)
    for path in (*directory.rglob("*"), directory):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    directory.chmod(PRIVATE if is_private else 0o777 & ~mask)
