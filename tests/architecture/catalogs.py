"""Keeps the catalogs: `--update` gathers new sentences, `--check` fails while one is missing.

English is the language the code is written in, so its catalog is the code itself.
"""

import argparse
import io
import os
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "deliberation" / "translations"
LANGUAGES = ("sv",)
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "marked": None,
    "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
NOTICE = """\
# Translations of deliberation.
# This file is distributed under the same licence as deliberation: AGPL-3.0-or-later."""
STAMPS = tuple(
    f'"{name}:'
    for name in (
        "POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Project-Id-Version",
        "Report-Msgid-Bugs-To", "Last-Translator", "Language-Team",
    )
)  # fmt: skip
"""Header lines that would change with every run, or say nothing."""


def extracted() -> Catalog:
    """Return every sentence of the code and the templates."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog(project="deliberation", charset="utf-8")
    found = extract_from_dir(
        ROOT, methods, options, KEYWORDS, comment_tags=("translators:",), directory_filter=_is_ours
    )
    for filename, _line, message, comments, context in sorted(found, key=lambda f: (f[0], f[1])):
        catalog.add(message, None, [(filename, 0)], auto_comments=comments, context=context)
    return catalog


def read(language: str) -> Catalog:
    """Return the catalog of `language` as it is on disk; an empty one where there is none."""
    path = _path(language)
    if not path.exists():
        return Catalog(
            locale=language, project="deliberation", charset="utf-8", header_comment=NOTICE, fuzzy=False
        )
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[str]:
    """Return the sentences that `language` lacks, and those it has for nothing."""
    catalog = read(language)
    wanted = {(m.id, m.context) for m in extracted() if m.id}
    complaints = []
    for key, context in sorted(wanted, key=str):
        message = catalog.get(key[0] if isinstance(key, tuple) else key, context)
        if (
            message is None
            or not message.string
            or (isinstance(message.string, tuple) and not all(message.string))
        ):
            complaints.append(f"{language}: not translated: {key}")
        elif message.fuzzy:
            complaints.append(f"{language}: fuzzy: {key}")
    have = {(m.id, m.context) for m in catalog if m.id}
    complaints += [f"{language}: no longer used: {key}" for key, _ in sorted(have - wanted, key=str)]
    complaints += [f"{language}: {error}" for m, errors in catalog.check() for error in errors]
    return complaints


def update(language: str) -> None:
    """Bring the catalog of `language` up to the code, keeping what is translated. Guesses nothing."""
    catalog = read(language)
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=110, sort_by_file=True, omit_header=False, include_lineno=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line for line in lines if not line.startswith(STAMPS)))


def _is_ours(directory: str | os.PathLike[str]) -> bool:
    # The default leaves out directories such as `_macros`, whose names begin with a low line.
    return not Path(directory).name.startswith(".")


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--check", action="store_true")
    choice.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    if arguments.update:
        for language in LANGUAGES:
            update(language)
        return 0
    complaints = [line for language in LANGUAGES for line in missing(language)]
    print("\n".join(complaints[:50]) or "catalogs are complete")
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
