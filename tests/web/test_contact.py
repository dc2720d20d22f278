"""The contact form: nothing typed is lost, nothing is stored twice."""

import re

import pytest
from sqlalchemy import select

from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db
from helpcenter.support.models import SupportRequest

LANGUAGES = ["en", "lv", "pl", "sv", "kk"]


def filled(client, lang: str = "en", **changes) -> dict:
    """Return the fields of a fresh form, filled in by Ann."""
    page = client.get(f"/{lang}/contact").get_data(as_text=True)
    hidden = re.search(r'name="form" value="([^"]+)"', page).group(1)
    return {
        "form": hidden,
        "website": "",
        "kind": "question",
        "subject": "Missing invoice",
        "body": "The invoice for March\nis not there.",
        "email": "ann@example.org",
        "name": "Ann",
        **changes,
    }


def requests_in(app) -> list[SupportRequest]:
    """Return all support requests."""
    with app.app_context():
        return list(db.session.scalars(select(SupportRequest)))


def test_the_form_has_labels_and_nothing_chosen_beforehand(client):
    page = client.get("/en/contact").get_data(as_text=True)

    for name in ("subject", "body", "email", "name"):
        assert f'for="{name}"' in page
    assert " checked" not in page
    assert "novalidate" in page


def test_a_search_that_found_nothing_is_the_subject_already(client):
    page = client.get("/en/contact?subject=invoices").get_data(as_text=True)

    assert 'name="subject" value="invoices"' in page
    assert "Find your invoices" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sent_form_becomes_a_request_with_a_status_page(published_app, client, lang):
    answer = client.post(f"/{lang}/contact", data=filled(client, lang))

    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    (stored,) = requests_in(published_app)
    assert page.status_code == 200
    assert stored.reference in page.get_data(as_text=True)
    assert f'<html lang="{lang}"' in page.get_data(as_text=True)
    assert (stored.lang, stored.kind, stored.email, stored.name) == (lang, "question", "ann@example.org", "Ann")


def test_the_acknowledgement_is_queued_with_the_request(published_app, client):
    client.post("/en/contact", data=filled(client))

    with published_app.app_context():
        assert len(db.session.scalars(select(OutboxMail)).all()) == 1


def test_the_same_form_sent_twice_is_one_request(published_app, client):
    fields = filled(client)
    first = client.post("/en/contact", data=fields)
    second = client.post("/en/contact", data=fields)

    assert first.headers["Location"] == second.headers["Location"]
    assert len(requests_in(published_app)) == 1


def test_two_forms_are_two_requests(published_app, client):
    client.post("/en/contact", data=filled(client))
    client.post("/en/contact", data=filled(client))

    assert len(requests_in(published_app)) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": ""}, "kind-question"),
        ({"kind": "bribe"}, "kind-question"),
        ({"subject": " "}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "x" * 20001}, "body"),
        ({"email": ""}, "email"),
        ({"email": "ann at example"}, "email"),
        ({"email": "ann@example.org\r\nBcc: eve@example.org"}, "email"),
        ({"name": "x" * 101}, "name"),
    ],
)
def test_a_field_that_is_wrong_is_named_and_nothing_typed_is_lost(published_app, client, changes, field):
    answer = client.post("/en/contact", data=filled(client, **changes))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Error: Contact us" in page
    assert f'<a href="#{field}">' in page
    assert "is not there." in page or "body" in changes
    assert requests_in(published_app) == []


def test_two_wrong_fields_are_two_lines(client):
    page = client.post("/en/contact", data=filled(client, subject="", email="")).get_data(as_text=True)

    assert page.count("<li><a href=") >= 2 and 'aria-invalid="true"' in page
    assert page.index('href="#subject"') < page.index('href="#email"')


def test_articles_that_may_answer_stand_beside_the_errors(client):
    page = client.post("/en/contact", data=filled(client, body="", subject="invoices")).get_data(as_text=True)

    assert "Find your invoices" in page


def test_without_a_script_articles_are_asked_for_and_nothing_typed_is_lost(published_app, client):
    found = client.post("/en/contact", data=filled(client, subject="invoices", email="", do="suggest"))
    nothing = client.post("/en/contact", data=filled(client, subject="qwxzv", do="suggest"))

    assert (found.status_code, nothing.status_code) == (200, 200)
    assert "Find your invoices" in found.text and "is not there." in found.text and 'value="invoices"' in found.text
    assert "There is a problem" not in found.text
    assert 'role="status">Nothing was found.' in nothing.text
    assert requests_in(published_app) == []


@pytest.mark.parametrize("changes", [{"website": "http://spam.example"}, {"form": ""}, {"form": "forged.token.value"}])
def test_what_only_programs_send_is_not_stored_but_can_be_sent_again(published_app, client, changes):
    answer = client.post("/en/contact", data=filled(client, **changes))

    assert answer.status_code == 422
    assert "send it once more" in answer.get_data(as_text=True)
    assert 'value="ann@example.org"' in answer.get_data(as_text=True)
    assert requests_in(published_app) == []


def test_a_form_from_another_site_is_refused(published_app, client):
    answer = client.post("/en/contact", data=filled(client), headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert requests_in(published_app) == []


def test_what_was_typed_comes_back_as_text(client):
    page = client.post("/en/contact", data=filled(client, subject='"><script>alert(1)</script>', email="")).get_data(as_text=True)

    assert "<script>alert" not in page
