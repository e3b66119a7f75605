"""Our own files, tampered with: each fault is named by file, line and reason, and nothing is imported."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from deliberation.demo.load import load_demo
from deliberation.exchange.errors import ImportRefused
from deliberation.exchange.polis.export import export_polis
from deliberation.exchange.polis.service import import_polis
from tests.exchange.test_polis_import import rows_in_all_tables
from tests.factories import (
    apply_tag,
    make_comment,
    make_consultation,
    make_idea,
    make_participant,
    make_tag,
    make_vote,
)

OWN = "deliberation"
JSON = f"{OWN}/consultation.json"


@pytest.fixture
def written(session: Session, tmp_path: Path) -> Path:
    """A set of ours: idea 1 with a vote, a tag and a remark; participants 1 to 3."""
    consultation = make_consultation(session)
    author, voter, _ = (make_participant(session, consultation) for _ in range(3))
    idea = make_idea(session, consultation.threads[0], author)
    make_vote(session, idea, voter)
    apply_tag(session, idea, make_tag(session, consultation), voter)
    make_comment(session, idea, voter)
    session.flush()
    directory = tmp_path / "set"
    export_polis(session, consultation=consultation, directory=directory, base_url="https://d.example")
    return directory


def refusal(session: Session, directory: Path) -> list[str]:
    before = rows_in_all_tables(session)
    with pytest.raises(ImportRefused) as refused:
        import_polis(session, directory=directory, slug="tampered", title="Tampered")
    assert rows_in_all_tables(session) == before
    return str(refused.value).splitlines()


TAMPERED = [
    ("ideas.csv", "\n1,1,", "\n1,9,", f"{OWN}/ideas.csv:2: thread 9 is not in {OWN}/consultation.json"),
    ("ideas.csv", "\n1,1,", "\n5,1,", f"{OWN}/ideas.csv:2: comment 5 is not in comments.csv"),
    ("ideas.csv", "\n1,1,", "\n1,1,2,", f"{OWN}/ideas.csv:2: the row has 12 fields, not 11"),
    ("ideas.csv", ",,,,,,,\n", ",,,,,,1,\n", f"{OWN}/ideas.csv:2: an idea is merged at some time and into"),
    ("ideas.csv", "thread,language", "language,thread", f"{OWN}/ideas.csv:1: the columns are not in their"),
    ("wordings.csv", "Plant more", "Fell more", "comments.csv:2: comment 1 does not say what"),
    ("wordings.csv", "\n1,1,", "\n1,2,", f"{OWN}/wordings.csv:2: comment 1 has wording 2 where 1 should be"),
    ("participants.csv", "\n2,", "\n7,", f"{OWN}/vote-events.csv:2: there is no participant 2"),
    ("participants.csv", "\n3,", "\n2,", f"{OWN}/participants.csv:4: this says the same"),
    ("participants.csv", "\n1,2", "\n1,x", f"{OWN}/participants.csv:2: \"x"),
    ("vote-events.csv", "\n1,2,1,", "\n1,2,-1,", "votes.csv:2: this vote is not the one on line 2 of"),
    ("vote-events.csv", "\n1,2,1,", "\n1,2,,", "votes.csv:2: this vote is not in"),
    ("vote-events.csv", "\n1,2,1,", "\n1,2,4,", f'{OWN}/vote-events.csv:2: "4" in column vote is not a vote'),
    ("vote-events.csv", "Z,\n", "Z,8\n", f"{OWN}/vote-events.csv:2: there is no comment 8"),
    ("tag-uses.csv", ",schools,", ",ports,", f"{OWN}/tag-uses.csv:2: there is no tag ports"),
    ("remarks.csv", "\n1,1,,,2,", "\n1,1,,1,2,", f"{OWN}/remarks.csv:2: there is no earlier remark 1"),
    ("remark-wordings.csv", "\n1,1,", "\n4,1,", f"{OWN}/remarks.csv:2: remark 1 has no wording in"),
    ("consultation.json", '"threads": [', '"threads": [,', f"{JSON}:"),
    ("consultation.json", "export/1", "export/9", f"{JSON}:0: the file"),
    ("consultation.json", '"number": 1,', '"number": 0,', f"{JSON}:0: threads.0.number:"),
    ("consultation.json", '"number": 2,', '"number": 1,', f"{JSON}:0: threads: 1 is there twice"),
    ("consultation.json", '"The park (sv)"', '"The\\u0000park"', f"{JSON}:0: a text has a"),
    ("consultation.json", '"source_language": "sv"', '"source_language": "fi"', f"{JSON}:0: texts"),
    ("consultation.json", '"suggested_by": null', '"suggested_by": 99', f"{JSON}:0: tags.0"),
    ("consultation.json", '"log": []', '"log": [7]', f"{JSON}:0: log.0:"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "fault"), TAMPERED)
def test_what_was_tampered_with_is_named(
    session: Session, written: Path, file: str, old: str, new: str, fault: str
) -> None:
    path = written / OWN / file
    text = path.read_text(encoding="utf-8")
    assert old in text, text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(line.startswith(fault) for line in refusal(session, written))


@pytest.mark.parametrize(
    "name",
    [
        "consultation.json", "ideas.csv", "wordings.csv", "participants.csv", "vote-events.csv",
        "merged-votes.csv", "exposures.csv", "tag-uses.csv", "remarks.csv", "remark-wordings.csv",
    ],
)  # fmt: skip
def test_a_missing_file_is_named(session: Session, written: Path, name: str) -> None:
    (written / OWN / name).unlink()
    assert f"{OWN}/{name}:0: the file is missing" in refusal(session, written)


def test_an_idea_hidden_without_a_word_in_the_log_is_refused(session: Session, tmp_path: Path) -> None:
    directory = tmp_path / "set"
    consultation = load_demo(session)
    export_polis(session, consultation=consultation, directory=directory, base_url="https://d.example")
    path = directory / OWN / "consultation.json"
    path.write_text(path.read_text().replace('"hide_idea"', '"restore_idea"'))
    assert any("is hidden, and the log does not say why" in line for line in refusal(session, directory))


def test_without_our_files_the_set_is_one_of_polis(session: Session, written: Path) -> None:
    for path in (written / OWN).iterdir():
        path.unlink()
    (written / OWN).rmdir()
    consultation = import_polis(session, directory=written, slug="theirs", title="Theirs")
    assert [thread.number for thread in consultation.threads] == [1]
