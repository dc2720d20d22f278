"""The survey through its doors: a mailed link, the chat, a block on another site, and the staff's page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from sqlalchemy import select

from helpcenter.accounts.staff import add_staff
from helpcenter.chat.models import Conversation
from helpcenter.feedback import surveys
from helpcenter.feedback.survey_models import Survey
from helpcenter.feedback.surveys import Answer, Occasion
from helpcenter.journeys import experiment
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import requests as support
from helpcenter.support.models import SupportRequest
from helpcenter.web import feedback_chores
from helpcenter.web.asking import terms
from helpcenter.web.services import EXTENSION
from helpcenter.web.survey_links import Invitation, find_invitation

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "four quiet otters dancing"
GOOD = {"expected": "3", "received": "5", "effort": "6", "recommend": "9", "comment": "Thank you"}
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ALL_ON = {"surveys": {"after_request": True, "after_chat": True, "block": True}}
SHOP = "https://shop.example"


@pytest.fixture
def switched(publish_files, settings):
    """Return a function that publishes the small library with a part `feedback` of site.yaml, and gives a browser."""

    def switch(feedback: dict, **more):
        site = yaml.safe_load((settings.articles / "site.yaml").read_text(encoding="utf-8"))
        return publish_files({"site.yaml": yaml.safe_dump({**site, "feedback": feedback, **more}, allow_unicode=True)})

    return switch


def link(app, place: str = "request", name: str = "R-1", person: str | None = "ann") -> str:
    """Return the path of a survey."""
    with app.test_request_context():
        return f"/en/survey/{Invitation(Occasion(place, name, section='payments'), person).token()}"


def kept(app) -> list[Survey]:
    """Return every survey that is stored."""
    with app.app_context():
        return list(db.session.scalars(select(Survey).order_by(Survey.id)))


def test_a_link_is_answered_once_and_thanked(app, switched):
    browser, path = switched(ALL_ON), link(app)
    page = browser.get(path)

    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert browser.post(path, data=GOOD, headers=SAME_SITE).status_code == 303
    assert "Thank you for telling us" in browser.get(path).text
    browser.post(path, data={**GOOD, "received": "1"}, headers=SAME_SITE)

    (one,) = kept(app)
    assert (one.expected, one.received, one.effort, one.recommend, one.comment, one.section) == (3, 5, 6, 9, "Thank you", "payments")


def test_what_is_missing_is_said_first_and_what_was_chosen_stays(app, switched):
    answer = switched(ALL_ON).post(link(app), data={"expected": "3", "recommend": "11", "comment": "<i>"}, headers=SAME_SITE)

    assert answer.status_code == 422
    assert '<a href="#received-1">' in answer.text
    assert '<a href="#recommend-0">' in answer.text
    assert re.search(r'id="expected-3"[^>]* checked', answer.text)
    assert "&lt;i&gt;" in answer.text
    assert kept(app) == []


@pytest.mark.parametrize(("lang", "words"), [("lv", "Kā mums veicās?"), ("pl", "Jak nam poszło?"), ("sv", "Hur gick det?"), ("kk", "Қызметіміз қалай болды?")])
def test_the_survey_speaks_every_language(app, switched, lang, words):
    assert words in switched(ALL_ON).get(link(app).replace("/en/", f"/{lang}/")).text


@pytest.mark.parametrize("token", ["x", "W10.x.y", "x" * 5000])
def test_a_forged_link_opens_nothing(app, switched, token):
    browser = switched(ALL_ON)

    assert browser.get(f"/en/survey/{token}").status_code == 404
    assert browser.post(f"/en/survey/{token}", data=GOOD, headers=SAME_SITE).status_code == 404


def test_a_form_of_another_site_and_a_program_are_refused(app, switched):
    browser, path = switched(ALL_ON), link(app)

    assert browser.post(path, data=GOOD, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post(path, data={**GOOD, "website": "x"}, headers=SAME_SITE).status_code == 422
    assert kept(app) == []


def test_who_asks_never_to_be_asked_is_not(app, switched):
    browser, path = switched(ALL_ON), link(app)

    answer = browser.post(f"{path}/stop", headers=SAME_SITE)
    assert "We will not ask you again." in browser.get(answer.location).text
    with app.app_context():
        assert not surveys.may_ask(db.session, "ann", now=utcnow() + timedelta(days=400))
    assert browser.post(f"{link(app, person=None)}/stop", headers=SAME_SITE).status_code == 404


def block_form(browser, address: str) -> dict:
    """Return the hidden field of the block."""
    return {"form": re.search(r'name="form" value="([^"]+)"', browser.get(address).text)[1]}


def test_the_block_is_for_the_sites_that_may_frame_it_and_sets_no_cookie(app, switched):
    browser = switched(ALL_ON, widget_origins=[SHOP])
    address = "/widget/v1/survey?lang=lv&at=checkout"
    page = browser.get(address)

    assert f"frame-ancestors 'self' {SHOP}" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in page.headers
    assert 'lang="lv"' in page.text
    form = block_form(browser, address)
    for _ in range(2):
        sent = browser.post(address, data={**GOOD, **form}, headers=SAME_SITE)
        assert sent.status_code == 303
    assert f"frame-ancestors 'self' {SHOP}" in sent.headers["Content-Security-Policy"]
    assert "panel good" in browser.get(sent.location).text

    (one,) = kept(app)
    assert (one.place, one.page, one.lang, one.person) == ("block", "checkout", "lv", None)


def test_a_block_without_a_form_of_ours_stores_nothing(app, switched):
    browser = switched(ALL_ON)

    assert browser.post("/widget/v1/survey", data={**GOOD, "form": "forged"}, headers=SAME_SITE).status_code == 422
    assert kept(app) == []


def test_what_is_switched_off_asks_nobody(app, switched):
    browser = switched({})

    assert browser.get("/widget/v1/survey").status_code == 404
    assert browser.post("/widget/v1/survey", data=GOOD, headers=SAME_SITE).status_code == 404
    solved(app, "R1")
    assert invite(app) == 0
    assert kept(app) == []


def solved(app, subject: str, email: str = "ann@example.org", lang: str = "en") -> str:
    """Store a request that was solved two hours before NOW, and return its reference."""
    with app.test_request_context(), writing() as session:
        request = support.open_request(session, terms(), subject=subject, body=subject, email=email, lang=lang, section="payments")
        request.state, request.changed_at = "solved", NOW - timedelta(hours=2)
        return request.reference


def invite(app, now: datetime = NOW) -> int:
    """Do the chore."""
    with app.app_context():
        return feedback_chores.invite_solved(now)


def mails(app, mailer) -> list:
    """Deliver what is due, and return the mails that invite."""
    with app.app_context():
        deliver_due(mailer)
    return [mail for mail in mailer.sent if b"/survey/" in mail.content.replace(b"=\r\n", b"")]


def test_a_solved_request_is_asked_about_once_by_mail(app, switched, mailer):
    browser = switched(ALL_ON)
    solved(app, "First")

    assert (invite(app), invite(app)) == (1, 0)
    (mail,) = mails(app, mailer)
    assert mail.recipient == "ann@example.org"
    path = re.search(rb"/en/survey/([\w.-]+)", mail.content.replace(b"=\r\n", b""))[0].decode()
    assert browser.post(path, data=GOOD, headers=SAME_SITE).status_code == 303
    (one,) = kept(app)
    assert (one.place, one.section, one.received) == ("request", "payments", 5)
    assert "ann" not in one.person


def test_the_same_person_is_not_asked_twice_within_thirty_days(app, switched, mailer):
    switched(ALL_ON)
    solved(app, "First")
    solved(app, "Second", email="Ann+shop@example.org")
    solved(app, "Third", email="bob@example.org", lang="lv")

    assert invite(app) == 2
    assert {mail.recipient for mail in mails(app, mailer)} == {"ann@example.org", "bob@example.org"}
    assert invite(app, NOW + timedelta(days=2)) == 0


def test_a_request_that_was_solved_just_now_long_ago_or_is_spam_is_not_asked_about(app, switched):
    switched(ALL_ON)
    reference = solved(app, "First")

    assert invite(app, NOW - timedelta(minutes=90)) == 0
    assert invite(app, NOW + timedelta(days=8)) == 0
    with app.app_context(), writing() as session:
        session.scalars(select(SupportRequest).where(SupportRequest.reference == reference)).one().spam = True
    assert invite(app) == 0


def signed_in(app):
    """Return the browser of an editor."""
    with app.app_context(), writing() as session:
        add_staff(session, email="ed@example.org", name="Ed", role="editor", password=PASSWORD)
    browser = app.test_client()
    browser.post("/staff/sign-in", data={"email": "ed@example.org", "password": PASSWORD}, headers=SAME_SITE)
    return browser


def test_the_staff_read_degrees_scores_and_their_intervals(app, switched):
    switched(ALL_ON)
    with app.app_context(), writing() as session:
        for number in range(10):
            given = Answer({"expected": 3, "received": 5 if number < 6 else 2, "effort": 6, "recommend": 10 if number < 5 else 3}, "=1+1")
            surveys.record(session, Occasion("block", str(number)), given, lang="en", person=None, now=NOW)
    browser = signed_in(app)
    page = browser.get("/staff/surveys/?since=2026-01-01&until=2026-03-31").text

    assert "60 % (31–83 %)" in page
    assert "above: 6" in page
    assert "below what was expected: 4" in page
    assert page.count('<rect class="above"') == 1
    assert "2026-01" in page
    table = browser.get("/staff/surveys/answers.csv?since=2026-01-01&until=2026-03-31")
    assert "'=1+1" in table.text
    assert browser.get("/staff/surveys/?until=2026-03-31&place=chat").status_code == 200
    assert browser.get("/staff/surveys/?since=2999-01-01&until=2000-01-01&place=x").status_code == 200


def test_the_staff_make_a_link_that_works_once(app, switched):
    switched(ALL_ON)
    browser = signed_in(app)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/staff/surveys/").text)[1]
    made = browser.post("/staff/surveys/link", data={"csrf_token": token}, headers=SAME_SITE)
    path = re.search(r'href="http://127\.0\.0\.1:8000(/en/survey/[^"]+)"', browser.get(made.location).text)[1]

    assert app.test_client().post(path, data=GOOD, headers=SAME_SITE).status_code == 303
    (one,) = kept(app)
    assert (one.place, one.person, one.received) == ("link", None, 5)


BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"}


def form_of(browser) -> tuple[str, str]:
    """Return the contact form and its hidden field."""
    page = browser.get("/en/contact?subject=invoice", headers=BROWSER).text
    return page, re.search(r'name="form" value="([^"]+)"', page)[1]


def counted(app) -> experiment.Result:
    """Return what was counted."""
    app.extensions[EXTENSION].recorder.finish()
    with app.app_context():
        today = utcnow().date()
        return experiment.result(db.session, today, today)


def held_out(page: str) -> bool:
    """Return whether the page of the contact form has no suggestions."""
    subject = re.search(r'<input[^>]* id="subject"[^>]*>', page)[0]
    assert ("data-suggest=" in subject) == ("data-suggestions" in page)
    return "data-suggest=" not in subject


def test_forms_are_held_out_by_chance_and_stay_of_their_kind(app, switched):
    browser = switched({"hold_out_percent": 50})
    forms = [form_of(browser) for _ in range(24)]
    kinds = {held_out(page) for page, _ in forms}
    for page, field in forms[:4]:
        again = browser.post("/en/contact", data={"form": field, "subject": "invoice"}, headers={**BROWSER, **SAME_SITE})
        assert (again.status_code, held_out(again.text)) == (422, held_out(page))
        assert f'value="{field}"' in again.text

    found = counted(app)
    assert found.with_suggestions.opened + found.held_out.opened == 24
    assert found.held_out.opened == sum(held_out(page) for page, _ in forms)
    assert kinds <= {True, False}


def test_a_sent_form_is_counted_with_its_kind(app, switched):
    browser = switched({"hold_out_percent": 50})
    page, field = form_of(browser)
    filled = {"form": field, "kind": "question", "subject": "Hello", "body": "Where is it?", "email": "ann@example.org"}

    assert browser.post("/en/contact", data=filled, headers={**BROWSER, **SAME_SITE}).status_code == 303
    found = counted(app)
    assert (found.held_out if held_out(page) else found.with_suggestions) == (1, 1)


def test_without_the_experiment_every_form_has_suggestions_and_nothing_is_counted(app, switched):
    browser = switched({})

    assert not any(held_out(form_of(browser)[0]) for _ in range(8))
    assert counted(app) == ((0, 0), (0, 0))


def test_who_asks_not_to_be_tracked_and_programs_are_not_counted(app, switched):
    browser = switched({"hold_out_percent": 50})
    browser.get("/en/contact", headers={**BROWSER, "DNT": "1"})
    browser.get("/en/contact", headers={"User-Agent": "curl/8"})

    assert counted(app) == ((0, 0), (0, 0))


def test_an_invitation_survives_its_link(app):
    with app.test_request_context():
        asked = Invitation(Occasion("request", "R-1", section="payments"), "ann")

        assert find_invitation(asked.token()) == asked


def chat_that_solved_it(app, browser) -> tuple[str, dict]:
    """Begin a conversation over the API, let it be solved, and return its address and the header that opens it."""
    begun = browser.post("/api/v1/chat", json={"lang": "en"}).get_json()
    with app.app_context(), writing() as session:
        session.scalars(select(Conversation).where(Conversation.public_id == begun["conversation"])).one().status = "resolved"
    return f"/api/v1/chat/{begun['conversation']}/messages", {"Authorization": f"Bearer {begun['token']}"}


def test_a_chat_that_solved_the_question_leads_to_its_survey_once(app, switched):
    browser = switched(ALL_ON)
    address, opened = chat_that_solved_it(app, browser)
    path = browser.get(address, headers=opened).get_json()["survey"]

    assert path.startswith("/en/survey/")
    assert browser.get(path).status_code == 200
    assert browser.post(path, data=GOOD, headers=SAME_SITE).status_code == 303
    assert "survey" not in browser.get(address, headers=opened).get_json()
    assert [one.place for one in kept(app)] == ["chat"]


def test_a_chat_asks_nobody_where_surveys_are_off_or_who_was_asked_lately(app, switched):
    browser = switched({})
    address, opened = chat_that_solved_it(app, browser)
    assert "survey" not in browser.get(address, headers=opened).get_json()

    switched(ALL_ON)
    path = browser.get(address, headers=opened).get_json()["survey"]
    browser.post(f"{path}/stop", headers=SAME_SITE)
    another, opens_it = chat_that_solved_it(app, browser)

    assert "survey" not in browser.get(another, headers=opens_it).get_json()


def test_the_chats_own_page_has_the_link_without_a_script_too(app, switched):
    browser = switched(ALL_ON)
    browser.post("/en/chat", data={"text": "Hello"}, headers=SAME_SITE)
    hidden = browser.get("/en/chat").text
    with app.app_context(), writing() as session:
        session.scalars(select(Conversation)).one().status = "resolved"
    shown = browser.get("/en/chat").text

    assert re.search(r"data-survey hidden><a>", hidden)
    path = re.search(r'data-survey><a href="(/en/survey/[^"]+)">', shown)[1]
    assert browser.get(path).status_code == 200
