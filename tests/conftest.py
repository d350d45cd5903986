import pytest

from tests.factories.cast import NOON, Cast, make_cast


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture
def at():
    return NOON


@pytest.fixture
def signed_in(client):
    """``signed_in(user)`` gives a client with that person's session."""
    def sign_in(user):
        client.force_login(user)
        return client
    return sign_in
