import pytest

from tests.architecture import catalogs


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    assert catalogs.missing(language) == []
