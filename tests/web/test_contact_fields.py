"""The fields that site.yaml puts on the contact form, with and without a script, until an agent reads the answers."""

import re

import pytest
from sqlalchemy import select

from helpcenter.content.models import Publication, PublishedPart
from helpcenter.storage import db, writing
from helpcenter.support import exporting
from helpcenter.support.models import SupportRequest
from tests.support.test_fields import FIELDS
from tests.web.test_contact import filled, requests_in


def settle(app, **settings) -> None:
    """Let the site have these settings for requests."""
    with app.app_context(), writing() as session:
        part = session.get(PublishedPart, "site")
        part.payload = {**part.payload, "requests": settings}
        part.revision += 1
        session.get(Publication, 1).revision += 1


@pytest.fixture
def asking(published_app, client):
    """Return a browser on a site whose form asks more."""
    settle(published_app, fields=FIELDS)
    return client


def problem(client, **changes) -> dict:
    """Return the form as a browser with a script sends it for a problem."""
    return filled(client, kind="problem", asked_for="problem", **{"field-order": "A-17", "field-place": "home", **changes})


def test_a_kind_in_the_address_shows_its_fields_at_once(asking):
    page = asking.get("/lv/contact?kind=problem").text

    assert re.search(r'data-of-kinds="problem">\s*<label for="field-order">Pasūtījuma numurs</label>', page)
    assert re.search(r'data-of-kinds="call_back" hidden>\s*<label for="field-phone">', page)
    assert 'name="field-phone" type="tel" value="" maxlength="200" autocomplete="tel" disabled' in page
    assert '<option value="home">Mājās</option>' in page


def test_the_answers_are_kept_shown_and_exported(published_app, asking):
    sent = asking.post("/en/contact", data=problem(asking, **{"field-since": "22.11.2026"}))

    (stored,) = requests_in(published_app)
    assert stored.slots == {"order": "A-17", "place": "home", "since": "2026-11-22"}
    page = asking.get(sent.location).text
    assert "<dt>Order number</dt>" in page and ">At home</dd>" in page
    with published_app.app_context():
        assert '"order": "A-17"' in "".join(exporting.as_json_lines(db.session))
        assert "order: A-17; place: home; since: 2026-11-22" in "".join(exporting.as_csv(db.session))


def test_without_a_script_the_form_comes_back_once_with_its_questions_and_nothing_typed_is_lost(published_app, asking):
    back = asking.post("/en/contact", data=filled(asking, kind="problem", asked_for=""))

    assert back.status_code == 422
    assert "For this we ask a little more" in back.text and 'href="#field-order"' in back.text
    assert "There is a problem" not in back.text and "is not there." in back.text
    assert 'name="asked_for" value="problem"' in back.text
    assert requests_in(published_app) == []
    assert asking.post("/en/contact", data=problem(asking)).status_code == 303


@pytest.mark.parametrize("lang", ["en", "lv", "pl", "sv", "kk"])
def test_a_wrong_answer_is_named_in_the_summary_and_beside_its_field(published_app, asking, lang):
    answer = asking.post(f"/{lang}/contact", data=problem(asking, **{"field-order": "", "field-since": "yesterday"}))

    assert answer.status_code == 422
    assert 'href="#field-order"' in answer.text and 'id="field-since-wrong"' in answer.text
    assert 'name="field-since" type="text" value="yesterday"' in answer.text
    assert requests_in(published_app) == []


def test_the_summary_follows_the_order_of_the_page(asking):
    page = asking.post("/en/contact", data=problem(asking, subject="", email="", **{"field-order": ""})).text

    assert page.index('href="#subject"') < page.index('href="#field-order"') < page.index('href="#email"')


def test_markup_in_labels_and_answers_is_text(published_app, client):
    hostile = '"><script>alert(1)</script>'
    settle(published_app, fields={"order": {"label": {"en": hostile}, "hint": {"en": hostile}, "required": True}})

    sent = client.post("/en/contact", data=filled(client, **{"field-order": hostile}))
    shown = client.post("/en/contact", data=filled(client, email="", **{"field-order": hostile}))

    for page in (client.get("/en/contact"), client.get(sent.location), shown):
        assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text


def test_ten_thousand_fields_are_no_request(published_app, asking):
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="field-{number}"\r\n\r\nx\r\n' for number in range(10_000))

    answer = asking.post("/en/contact", data=f"{parts}--x--\r\n".encode(), content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 413
    assert requests_in(published_app) == []


def test_the_same_form_with_other_answers_is_another_request(published_app, asking):
    form = problem(asking)
    asking.post("/en/contact", data=form)

    again = asking.post("/en/contact", data={**form, "field-order": "B-18"})

    assert again.status_code == 422
    assert [one.slots["order"] for one in requests_in(published_app)] == ["A-17"]


def test_the_panel_asks_the_same(published_app, asking):
    page = asking.get("/widget/v1/panel/contact?lang=en").text
    form = re.search(r'name="form" value="([^"]+)"', page)[1]
    given = {key: value for key, value in problem(asking).items() if key != "form"}

    back = asking.post("/widget/v1/panel/contact?lang=en", data={**given, "form": form, "field-place": "moon"})
    sent = asking.post("/widget/v1/panel/contact?lang=en", data={**given, "form": form})

    assert 'id="field-order"' in page and "js/panel.js" in page
    assert back.status_code == 422 and "Choose one: Where" in back.text
    assert sent.status_code == 303
    assert requests_in(published_app)[0].slots == {"order": "A-17", "place": "home"}


def test_programs_answer_the_fields_as_well(published_app, asking):
    body = {"lang": "en", "subject": "Red light", "body": "It blinks.", "email": "ann@example.org", "kind": "problem"}

    refused = asking.post("/api/v1/requests", json=body, headers={"Idempotency-Key": "1"})
    sent = asking.post("/api/v1/requests", json={**body, "fields": {"order": "A-17"}}, headers={"Idempotency-Key": "1"})

    assert refused.status_code == 422 and refused.get_json()["errors"][0]["field"] == "fields.order"
    assert sent.status_code == 201
    with published_app.app_context():
        assert db.session.scalar(select(SupportRequest.slots)) == {"order": "A-17"}
