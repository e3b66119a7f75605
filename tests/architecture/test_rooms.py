"""The house: where things lie, and how large they are."""

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
NOT_ROOMS = {"translations", "static", "content", "__pycache__"}
FORBIDDEN_NAMES = {"utils", "helpers", "managers", "misc", "common", "admin"}


def _code() -> list[Path]:
    files = [*(ROOT / "deliberation").rglob("*.py"), ROOT / "config.py", ROOT / "wsgi.py"]
    return [path for path in files if "__pycache__" not in path.parts]


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_no_file_is_longer_than_two_files() -> None:
    long = {
        str(path.relative_to(ROOT)): n
        for path in _code()
        if (n := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def _lines_of(function: ast.FunctionDef) -> int:
    """How many lines the function does its work in, its promise apart."""
    work = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - work[0].lineno + 1 if work else 0


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {function.name}"
        for path in _code()
        for function in _functions(path)
        if _lines_of(function) > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_room_is_a_drawer_for_everything() -> None:
    assert [
        path for path in _code() if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES
    ] == []


def test_every_page_lies_in_the_room_of_its_endpoint(app: Flask) -> None:
    rooms = {endpoint.split(".")[0] for endpoint in app.view_functions}
    folders = {path.name for path in (ROOT / "templates").iterdir() if not path.name.startswith("_")}
    assert folders <= rooms


def test_every_room_has_its_tests() -> None:
    rooms = {
        path.name for path in (ROOT / "deliberation").iterdir() if (path / "__init__.py").exists()
    } - NOT_ROOMS
    tested = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert rooms - tested == set()


def test_every_setting_is_documented() -> None:
    from config import Config

    documentation = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in Config.__dataclass_fields__ if f"`{name.upper()}`" not in documentation] == []


def test_the_lock_files_name_no_place() -> None:
    locked = [path for path in (ROOT / "requirements").glob("*.txt") if "://" in path.read_text()]
    assert locked == []


def test_only_the_settings_read_the_environment() -> None:
    signs = ("os.environ", "getenv", "import environs", "from environs")
    readers = [
        path
        for path in _code()
        if path.name != "config.py" and any(sign in path.read_text() for sign in signs)
    ]
    assert readers == []


def test_no_two_decisions_or_migrations_have_one_number() -> None:
    for folder, pattern in (("docs/decisions", "*.md"), ("migrations/versions", "*.py")):
        numbers = [path.name.split("-")[0].split("_")[0] for path in (ROOT / folder).glob(pattern)]
        assert numbers
        assert len(numbers) == len(set(numbers)), sorted(numbers)
