from tests.strict_client import StrictClient


def test_the_process_says_it_is_well(client: StrictClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_a_migrated_database_is_ready(client: StrictClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.data
