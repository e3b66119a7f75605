"""Reading a survey from YAML, and writing it: what is wrong is said with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from deliberation.consultations.pack import read_yaml
from deliberation.consultations.pack_values import PackRefused
from deliberation.surveys.checking import Problem
from deliberation.surveys.schema import SurveyRefused, parse

MOST_BYTES: Final = 500_000
_STEP: Final = re.compile(r"\[\d+\]$|\.[^.\[]+$|^[^.\[]+$")


def read_file(path: Path) -> dict[str, Any]:
    """Return the document in the file, which describes a survey. Raises SurveyRefused."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SurveyRefused([Problem("", f"cannot be read ({error.strerror})")]) from error
    return read_survey(content)


def read_survey(content: bytes) -> dict[str, Any]:
    """Return the document that the YAML says, as plain JSON. Raises SurveyRefused, with lines."""
    if len(content) > MOST_BYTES:
        raise SurveyRefused([Problem("", f"is larger than {MOST_BYTES:,} bytes")])
    try:
        document = read_yaml(content)
    except PackRefused as refused:
        raise SurveyRefused([Problem(*fault) for fault in refused.faults]) from refused
    try:
        parse(document)
    except SurveyRefused as refused:
        lines = dict(_lines(yaml.compose(content, Loader=yaml.SafeLoader)))
        raise SurveyRefused([_placed(one, lines) for one in refused.problems]) from refused
    plain: dict[str, Any] = json.loads(json.dumps(document, default=str))
    return plain


def write_survey(document: dict[str, Any]) -> str:
    """Return the document as YAML that `read_survey` reads again."""
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)


def _placed(problem: Problem, lines: dict[str, int]) -> Problem:
    """Return the problem with the line of the nearest part of the document that is there."""
    path = problem.path
    while path and path not in lines:
        path = _STEP.sub("", path, count=1)
    line = f"line {lines.get(path, 1)}"
    return replace(problem, path=f"{line}, {problem.path}" if problem.path else line)


def _lines(node: Node | None, path: str = "") -> Iterator[tuple[str, int]]:
    if node is None:
        return
    yield path, node.start_mark.line + 1
    if isinstance(node, SequenceNode):
        for number, one in enumerate(node.value):
            yield from _lines(one, f"{path}[{number}]")
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            here = f"{path}.{key.value}" if path else str(key.value)
            yield from _lines(value, here)
            yield here, key.start_mark.line + 1
