"""Said of a suggestion: "This answered it". It counts as long as the form is not sent, and never beside its request."""

import re

import pytest
from sqlalchemy import func, select

from helpcenter.journeys.models import AnsweredForm, Event, Journey
from helpcenter.storage import db
from tests.web.test_contact import LANGUAGES, filled, requests_in


def visits_in(app) -> list[tuple[str | None, list[str]]]:
    """Return the outcome and the steps of every visit."""
    with app.app_context():
        steps = {one: list(db.session.scalars(select(Event.kind).where(Event.journey_id == one).order_by(Event.id))) for one in ids()}
        return [(db.session.get(Journey, one).outcome, steps[one]) for one in ids()]


def ids() -> list[int]:
    """Return the ids of all visits."""
    return list(db.session.scalars(select(Journey.id).order_by(Journey.id)))


def said_in(app) -> int:
    """Return how many forms were answered by an article and not sent."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(AnsweredForm))


def test_each_suggestion_has_its_button_without_a_script(client):
    page = client.get("/en/contact?subject=invoices").text

    assert re.search(r'name="answered" value="find-an-invoice"[^>]*>This answered it<span class="hidden-text">: ', page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_leads_to_thanks_and_on(published_app, client, lang):
    slug = re.search(r'name="answered" value="([^"]+)"', client.get(f"/{lang}/contact?subject=invoice").text)

    answer = client.post(f"/{lang}/contact", data=filled(client, lang, answered=slug[1] if slug else "find-an-invoice"))

    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert f'<html lang="{lang}"' in page and f'href="/{lang}/contact?' in page
    assert requests_in(published_app) == []


def test_it_resolves_the_visit(published_app, client):
    form = filled(client, answered="find-an-invoice", taken="find-an-invoice", offered="find-an-invoice")

    client.post("/en/contact", data=form)
    client.post("/en/contact", data=form)

    ((outcome, steps),) = visits_in(published_app)
    assert outcome == "resolved" and {"suggested", "taken"} < set(steps)
    assert steps.count("solved") == 1, "said twice, it counts once"
    assert said_in(published_app) == 1


def test_who_sends_the_form_after_all_was_not_answered(published_app, client):
    form = filled(client)
    client.post("/en/contact", data={**form, "answered": "find-an-invoice"})

    assert client.post("/en/contact", data=form).status_code == 303

    assert [outcome for outcome, _steps in visits_in(published_app)] == ["escalated"]
    assert said_in(published_app) == 0


def test_the_way_back_from_the_thanks_is_the_same_form(published_app, client):
    thanks = client.get(client.post("/en/contact", data=filled(client, answered="find-an-invoice")).location).text
    back = client.get(re.search(r'href="(/en/contact\?[^"]+)"', thanks)[1].replace("&amp;", "&")).text

    hidden = re.search(r'name="form" value="([^"]+)"', back)[1]
    client.post("/en/contact", data=filled(client, form=hidden))

    assert 'value="Missing invoice"' in back
    assert said_in(published_app) == 0
    assert [outcome for outcome, _steps in visits_in(published_app)] == ["escalated"]


def test_without_cookies_the_form_itself_tells_that_it_was_sent_after_all(published_app, client):
    form = filled(client)
    published_app.test_client(use_cookies=False).post("/en/contact", data={**form, "answered": "find-an-invoice"})

    published_app.test_client(use_cookies=False).post("/en/contact", data=form)

    assert [outcome for outcome, _steps in visits_in(published_app)] == ["escalated"]


@pytest.mark.parametrize("changes", [{"answered": "no-such-article"}, {"form": "forged"}, {"website": "spam"}])
def test_what_names_no_article_or_no_form_counts_for_nothing(published_app, client, changes):
    answer = client.post("/en/contact", data=filled(client, **{"answered": "find-an-invoice", **changes}))

    assert answer.status_code == 303
    assert visits_in(published_app) == []


def test_a_request_that_was_sent_is_not_answered_afterwards(published_app, client):
    form = filled(client)
    client.post("/en/contact", data=form)

    client.post("/en/contact", data={**form, "answered": "find-an-invoice"})

    assert [outcome for outcome, _steps in visits_in(published_app)] == ["escalated"]
    assert said_in(published_app) == 0


def test_the_panel_thanks_and_leads_back(published_app, client):
    page = client.get("/widget/v1/panel/contact?lang=en&subject=invoices").text
    hidden = re.search(r'name="form" value="([^"]+)"', page)[1]

    answer = client.post("/widget/v1/panel/contact?lang=en", data={**filled(client), "form": hidden, "answered": "find-an-invoice"})

    assert 'name="answered"' in page and "js/panel.js" in page
    thanks = client.get(answer.location)
    assert thanks.status_code == 200 and "/widget/v1/panel/contact?" in thanks.text
    assert [outcome for outcome, _steps in visits_in(published_app)] == ["resolved"]
