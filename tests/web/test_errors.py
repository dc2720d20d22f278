"""Pages of errors lead on: to the search, the topics, what is nearest, or a new link."""

import pytest

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.web.errors import topics


@pytest.mark.parametrize("lang", ["en", "lv", "kk"])
def test_a_page_that_is_not_there_has_the_search_and_every_topic(client, lang):
    page = client.get(f"/{lang}/articles/there-is-no-such-article").get_data(as_text=True)

    assert page.count('role="search"') == 1
    for key in ("payments", "internet"):
        assert f'href="/{lang}/sections/{key}"' in page


def test_who_lost_a_link_to_a_request_is_offered_a_new_one(client):
    assert 'href="/en/requests/link"' in client.get("/requests/lost", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert 'href="/en/requests/link"' not in client.get("/en/nowhere").get_data(as_text=True)


@pytest.fixture
def without_a_database(settings):
    """Return an application whose database has not even tables."""
    app = create_app(settings)
    yield app
    storage.close(app)


def test_without_a_library_the_page_of_an_error_says_less(without_a_database):
    with without_a_database.test_request_context("/en/nowhere"):
        assert topics("en") == []
    answer = without_a_database.test_client().get("/nowhere/at/all", headers={"Accept-Language": "lv"})

    assert answer.status_code == 404
    page = answer.get_data(as_text=True)
    assert "Šādu lapu neatradām" in page and 'class="band"' not in page
