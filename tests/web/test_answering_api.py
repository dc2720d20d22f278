"""Requests for programs: read and answered with a token, and with nothing else."""

import pytest
from sqlalchemy import select

from helpcenter.accounts import tokens
from helpcenter.accounts.models import ApiToken, AuditEntry, StaffUser
from helpcenter.accounts.staff import add_staff, disable
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import writing
from helpcenter.support import requests as support
from helpcenter.web.asking import terms


@pytest.fixture
def help_center(published_app):
    """Return an application with an agent and a request."""
    with published_app.test_request_context(), writing() as session:
        add_staff(session, email="gus@example.org", name="Gus", role="agent", password="four quiet otters dancing")
        support.open_request(session, terms(), subject="Rēķins", body="Kur ir mans rēķins?", email="ann@example.org", name="Ānna", lang="en")
    return published_app


def made_token(app, *scopes: str) -> str:
    """Return a new token of Gus."""
    with app.app_context(), writing() as session:
        user = session.scalars(select(StaffUser)).one()
        return tokens.make_token(session, user, name="Zammad", scopes=list(scopes), days=30)[1]


def ask(app, path: str = "", *, token: str = "", **more):
    """Return the answer of the API for a program with *token*."""
    send = app.test_client().post if "json" in more else app.test_client().get
    return send(f"/api/v1/requests{path}", headers={"Authorization": f"Bearer {token}"}, **more)


def test_a_program_reads_and_answers(help_center, mailer):
    token = made_token(help_center, "requests:read", "requests:write")
    listed = ask(help_center, token=token).json["requests"]
    reference = listed[0]["reference"]
    assert (listed[0]["subject"], listed[0]["state"]) == ("Rēķins", "new")

    answered = ask(help_center, f"/{reference}/messages", token=token, json={"text": "Lūk.", "state": "solved"})
    noted = ask(help_center, f"/{reference}/messages", token=token, json={"text": "VIP", "note": True})
    whole = ask(help_center, f"/{reference}", token=token).json

    assert (answered.status_code, answered.json["state"], noted.status_code) == (201, "solved", 201)
    texts = [(one["author"], one["public"], one["text"]) for one in whole["messages"] if one["author"] != "event"]
    assert texts == [("customer", True, "Kur ir mans rēķins?"), ("agent", True, "Lūk."), ("note", False, "VIP")]
    with help_center.app_context():
        deliver_due(mailer)
        with writing() as session:
            noted = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert "ann@example.org" in [mail.recipient for mail in mailer.sent]
    assert noted == ["api.reply", "api.note"]


def test_the_same_answer_sent_twice_is_one(help_center):
    token = made_token(help_center, "requests:read", "requests:write")
    reference = ask(help_center, token=token).json["requests"][0]["reference"]

    first, second = (ask(help_center, f"/{reference}/messages", token=token, json={"text": "Lūk."}) for _ in range(2))

    assert first.json["message"]["id"] == second.json["message"]["id"]


@pytest.mark.parametrize("token", ["", " ", "hc_", "null", "hc_null", "x", "hc_" + "A" * 43, "x" * 4000])
def test_without_a_token_nothing_is_told(help_center, token):
    made_token(help_center, "requests:read")

    for path, more in (("", {}), ("/R-7K3M9Q", {}), ("/R-7K3M9Q/messages", {"json": {"text": "x"}})):
        answer = ask(help_center, path, token=token, **more)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_a_token_does_what_it_names_while_its_person_may(help_center):
    token = made_token(help_center, "requests:read")
    reference = ask(help_center, token=token).json["requests"][0]["reference"]
    assert ask(help_center, f"/{reference}/messages", token=token, json={"text": "x"}).status_code == 403

    with help_center.app_context(), writing() as session:
        row = session.scalars(select(ApiToken)).one()
        assert row.last_used_at is not None
        disable(session, row.user)
    assert ask(help_center, token=token).status_code == 401


def test_what_is_wrong_is_explained(help_center):
    token = made_token(help_center, "requests:read", "requests:write")
    reference = ask(help_center, token=token).json["requests"][0]["reference"]

    assert ask(help_center, "/R-NOTHING", token=token).status_code == 404
    assert ask(help_center, "/R-NOTHING/messages", token=token, json={"text": "x"}).status_code == 404
    assert ask(help_center, "?state=lost", token=token).status_code == 422
    for body in ({}, {"text": ""}, {"text": "x", "state": "new"}, {"text": "x" * 20_001}):
        assert ask(help_center, f"/{reference}/messages", token=token, json=body).status_code == 422
    assert ask(help_center, "?page=-5", token=token).json["next_page"] is None
