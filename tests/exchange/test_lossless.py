"""Import, export, import: everything comes back, whatever it is and wherever it was made."""

from pathlib import Path

from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation
from deliberation.demo.load import load_demo
from deliberation.exchange.polis.export import export_polis
from deliberation.exchange.polis.service import import_polis
from tests.exchange.conftest import SmallSet
from tests.exchange.contents import contents_of

URL = "https://deliberation.example"


def there_and_back(session: Session, consultation: Consultation, directory: Path) -> Consultation:
    language = consultation.source_language
    title = next(text.title for text in consultation.texts if text.language == language)
    export_polis(session, consultation=consultation, directory=directory, base_url=URL)
    return import_polis(session, directory=directory, slug="once-more", title=title)


def assert_equal_contents(session: Session, before: Consultation, after: Consultation) -> None:
    old, new = contents_of(session, before.id), contents_of(session, after.id)
    # The import itself is an act, and has its row in the log.
    *log, imported = new["log"]
    assert imported[0] == "import_data"
    new["log"] = log
    for name, rows in old.items():
        assert new[name] == rows, name


def test_an_open_set_comes_back_whole(session: Session, open_set: Path, tmp_path: Path) -> None:
    before = import_polis(session, directory=open_set, slug="open-set", title="An open set", language="en")
    after = there_and_back(session, before, tmp_path / "set")
    assert_equal_contents(session, before, after)
    assert len(contents_of(session, after.id)["journal"]) > 7_000


def test_the_demonstration_comes_back_whole(session: Session, tmp_path: Path) -> None:
    before = load_demo(session)
    contents = contents_of(session, before.id)
    # What would be lost in Polis's files alone is there to be lost.
    assert len(contents["threads"]) == 7
    assert any(choice is None for _, _, choice, _ in contents["journal"])
    assert {row[2] for row in contents["tags"]} >= {"accepted", "suggested"}
    assert any(row[4] for row in contents["wordings"])
    assert len(contents["log"]) > 1
    after = there_and_back(session, before, tmp_path / "set")
    assert_equal_contents(session, before, after)


def test_a_second_journey_changes_nothing(session: Session, small_set: SmallSet, tmp_path: Path) -> None:
    before = import_polis(session, directory=small_set.directory, slug="small", title="Small", language="en")
    directory = tmp_path / "first"
    after = there_and_back(session, before, directory)
    export_polis(session, consultation=after, directory=tmp_path / "second", base_url=URL)
    for path in sorted(directory.glob("*.csv")):
        again = (tmp_path / "second" / path.name).read_text()
        assert again.replace("once-more", "small") == path.read_text(), path.name
