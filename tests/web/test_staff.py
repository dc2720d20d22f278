"""The staff pages: sign in, read, answer; and nothing for those who may not."""

import re

import pytest
from sqlalchemy import select

from helpcenter.accounts.models import StaffSession, StaffUser
from helpcenter.accounts.staff import add_staff, disable
from helpcenter.content.models import ContentProblem
from helpcenter.journeys import trail
from helpcenter.language.messages import interface_languages
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import requests as support
from helpcenter.support.models import SupportRequest
from helpcenter.web import staff_access
from helpcenter.web.asking import terms

PASSWORD = "four quiet otters dancing"
PEOPLE = {"gus@example.org": "agent", "ed@example.org": "editor", "ada@example.org": "admin"}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def help_center(published_app):
    """Return an application with an agent, an editor and an admin."""
    with published_app.app_context(), writing() as session:
        for email, role in PEOPLE.items():
            add_staff(session, email=email, name=email.partition("@")[0].title(), role=role, password=PASSWORD)
    return published_app


@pytest.fixture
def asked(help_center) -> str:
    """Return the reference of a request that Ann made after a search."""
    with help_center.test_request_context(), writing() as session:
        journey = trail.start(session, "en")
        trail.record(session, journey, "search", query="router blinks", hits=2)
        trail.record(session, journey, "vote", article="internet/router", title="Restart the router", helpful=False, reason="unclear")
        request = support.open_request(
            session, terms(), subject="My router blinks <red>", body="Since yesterday.\nHelp!", email="ann@example.org", name="Ann",
            lang="en", journey_id=journey.id, transcript=[{"from": "visitor", "text": "It blinks", "rule": None}], kind="problem",
        )  # fmt: skip
        return request.reference


def signed_in(app, email: str = "gus@example.org", password: str = PASSWORD):
    """Return a browser that sent the sign-in form."""
    browser = app.test_client()
    browser.answer = browser.post("/staff/sign-in", data={"email": email, "password": password}, headers=SAME_SITE)
    return browser


def csrf_token(browser, page: str = "/staff/library") -> str:
    """Return the token of the forms on a page."""
    return re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)[1]


def send(browser, path: str, **fields):
    """Send a form of the staff pages as a browser does."""
    return browser.post(path, data={"csrf_token": csrf_token(browser), **fields}, headers=SAME_SITE)


def test_an_agent_signs_in_reads_and_answers(help_center, asked, mailer):
    browser = signed_in(help_center)
    assert (browser.answer.status_code, browser.answer.location) == (303, "/staff/")

    listed = browser.get("/staff/requests").text
    assert asked in listed
    assert "My router blinks &lt;red&gt;" in listed

    page = browser.get(f"/staff/requests/{asked}").text
    assert "Searched for “router blinks”: 2 results" in page
    assert "Said that “Restart the router” did not help: It is hard to understand" in page
    assert "It blinks" in page
    assert "Since yesterday." in page

    answered = send(browser, f"/staff/requests/{asked}/reply", text="Hold the button.", state="waiting")
    assert (answered.status_code, answered.location) == (303, f"/staff/requests/{asked}#last")
    assert "Hold the button." in browser.get(f"/staff/requests/{asked}").text
    with help_center.app_context():
        assert support.find_by_reference(db.session, asked).state == "waiting"
        deliver_due(mailer)
    assert "Hold the button." in mailer.sent[-1].text


def test_the_reply_reaches_the_chat_that_the_request_came_from(help_center):
    visitor = help_center.test_client()
    chat = visitor.post("/api/v1/chat", json={"lang": "en"}, headers=SAME_SITE).json
    with help_center.test_request_context(), writing() as session:
        from helpcenter.chat.models import Conversation

        conversation = session.query(Conversation).one()
        request = support.open_request(session, terms(), subject="Router", body="It blinks", email="ann@example.org", lang="en", via="chat")
        conversation.request_id, conversation.status = request.id, "escalated"

    browser = signed_in(help_center)
    for _ in range(2):
        send(browser, f"/staff/requests/{request.reference}/reply", text="Hold the button.")

    messages = visitor.get(
        f"/api/v1/chat/{chat['conversation']}/messages", headers={"Authorization": f"Bearer {chat['token']}"}
    ).json["messages"]
    assert [message["text"] for message in messages if message["from"] == "agent"] == ["Hold the button."]


def test_an_urgent_request_is_marked(help_center, asked):
    browser = signed_in(help_center)
    assert 'error">Urgent<' not in browser.get("/staff/requests").text + browser.get(f"/staff/requests/{asked}").text

    with help_center.app_context(), writing() as session:
        support.find_by_reference(session, asked).priority = "high"

    assert ">Urgent<" in browser.get("/staff/requests").text
    assert ">Urgent<" in browser.get(f"/staff/requests/{asked}").text


def test_a_note_stays_inside(help_center, asked, mailer):
    browser = signed_in(help_center)

    send(browser, f"/staff/requests/{asked}/note", note="Third call this week")

    assert "Third call this week" in browser.get(f"/staff/requests/{asked}").text
    with help_center.app_context():
        deliver_due(mailer)
        found = support.find_by_reference(db.session, asked)
        assert len(mailer.sent) == 1, "the acknowledgement"
        assert "Third" not in str([message.text for message in support.messages_of(db.session, found, public_only=True)])


def test_the_state_is_set_and_told(help_center, asked):
    browser = signed_in(help_center)

    send(browser, f"/staff/requests/{asked}/state", state="solved")

    assert "New → Solved" in browser.get(f"/staff/requests/{asked}").text
    assert asked in browser.get("/staff/requests?state=solved").text
    assert asked not in browser.get("/staff/requests?state=new").text


@pytest.mark.parametrize("query", ["state=nonsense", "state=new'--", "state=", "page=0", "page=-1", "page=x", "page=999999999999999999999"])
def test_an_unknown_filter_shows_the_whole_list_or_an_empty_page(help_center, asked, query):
    answer = signed_in(help_center).get(f"/staff/requests?{query}")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "fields", "kept"),
    [
        ("reply", {"text": " "}, ""), ("reply", {"text": "My long answer", "state": "nonsense"}, "My long answer"),
        ("reply", {"text": "x" * 20_001}, "x" * 20_001), ("note", {"note": ""}, ""), ("state", {"state": "nonsense"}, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_stored_comes_back_with_what_was_typed(help_center, asked, form, fields, kept):
    answer = send(signed_in(help_center), f"/staff/requests/{asked}/{form}", **fields)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert kept in answer.text
    with help_center.app_context():
        assert len(support.messages_of(db.session, support.find_by_reference(db.session, asked), public_only=False)) == 1


@pytest.mark.parametrize("reference", ["R-AAAAAA", "1", "%00", "R-" + "7" * 5000])
def test_an_unknown_reference_is_not_found(help_center, reference):
    assert signed_in(help_center).get(f"/staff/requests/{reference}").status_code == 404


def test_known_and_unknown_addresses_get_the_same_answer(help_center):
    with help_center.app_context(), writing() as session:
        disable(session, session.query(StaffUser).filter_by(email="ed@example.org").one())
    tried = [("gus@example.org", "wrong password"), ("eve@example.org", "wrong password"), ("ed@example.org", PASSWORD), ("", ""), ("\x00", "\x00")]
    answers = [signed_in(help_center, *names).answer for names in tried]

    assert {answer.status_code for answer in answers} == {403}
    assert {without_request_id(answer.text) for answer in answers} == {without_request_id(answers[0].text)}
    assert {frozenset(answer.headers.keys()) for answer in answers} == {frozenset(answers[0].headers.keys())}
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def without_request_id(text: str) -> str:
    """Return a page without what differs between any two."""
    return re.sub(r"[0-9a-f]{16,}", "", text)


def test_too_many_tries_look_like_a_wrong_password_even_with_the_right_one(help_center):
    wrong = [signed_in(help_center, password=f"wrong password {number}").answer for number in range(10)]

    throttled = signed_in(help_center).answer

    assert throttled.status_code == 403
    assert without_request_id(throttled.text) == without_request_id(wrong[0].text)


def test_the_session_cookie_is_for_this_site_and_no_script(help_center):
    cookie = signed_in(help_center).answer.headers["Set-Cookie"]

    assert cookie.startswith("hc_staff=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_locked_to_the_host(help_center):
    browser = help_center.test_client()
    answer = browser.post("/staff/sign-in", base_url="https://localhost", data={"email": "gus@example.org", "password": PASSWORD}, headers=SAME_SITE)
    cookie = answer.headers["Set-Cookie"]

    assert cookie.startswith("__Host-hc_staff=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert browser.get("/staff/requests", base_url="https://localhost").status_code == 200


def test_signing_in_changes_the_session_and_ends_the_one_before(help_center):
    browser = signed_in(help_center)
    before = browser.get_cookie("hc_staff").value
    browser.post("/staff/sign-in", data={"email": "gus@example.org", "password": PASSWORD}, headers=SAME_SITE)

    assert browser.get_cookie("hc_staff").value != before
    with help_center.app_context():
        assert db.session.query(StaffSession).count() == 1


@pytest.mark.parametrize("planted", ["", "a", "A" * 43, "null", "x" * 4000, "ж"])
def test_a_planted_cookie_opens_nothing(help_center, planted):
    browser = help_center.test_client()
    browser.set_cookie("hc_staff", planted)

    assert browser.get("/staff/requests").status_code == 303


def test_signing_out_ends_the_session_on_the_server(help_center):
    browser = signed_in(help_center)
    stolen = browser.get_cookie("hc_staff").value

    assert send(browser, "/staff/sign-out").location == "/staff/sign-in"

    thief = help_center.test_client()
    thief.set_cookie("hc_staff", stolen)
    assert thief.get("/staff/requests").location == "/staff/sign-in"


def test_a_disabled_agent_is_out_at_once(help_center):
    browser = signed_in(help_center)
    with help_center.app_context(), writing() as session:
        disable(session, session.query(StaffUser).filter_by(email="gus@example.org").one())

    assert browser.get("/staff/requests").location == "/staff/sign-in"


FORMS = ["reply", "note", "state"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("token", [None, "", "null", "A" * 43, "ж", "\x00"])
def test_a_form_without_the_token_of_this_session_changes_nothing(help_center, asked, form, token):
    browser = signed_in(help_center)
    fields = {"text": "Hello", "note": "Hello", "state": "solved"} | ({"csrf_token": token} if token is not None else {})

    answer = browser.post(f"/staff/requests/{asked}/{form}", data=fields, headers=SAME_SITE)

    assert answer.status_code == 403
    with help_center.app_context():
        found = support.find_by_reference(db.session, asked)
        assert (found.state, len(support.messages_of(db.session, found, public_only=False))) == ("new", 1)


def test_the_token_of_another_session_is_refused(help_center, asked):
    browser, other = signed_in(help_center), signed_in(help_center, "ada@example.org")

    answer = browser.post(f"/staff/requests/{asked}/state", data={"csrf_token": csrf_token(other), "state": "solved"}, headers=SAME_SITE)

    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_another_sites_page_can_send_no_form(help_center, asked, headers):
    browser = signed_in(help_center)
    token = csrf_token(browser)

    for path in (*(f"/staff/requests/{asked}/{form}" for form in FORMS), "/staff/sign-out", "/staff/sign-in"):
        data = {"csrf_token": token, "text": "x", "note": "x", "state": "solved", "email": "gus@example.org", "password": PASSWORD}
        assert browser.post(path, data=data, headers=headers).status_code == 403, path



def test_a_route_that_is_in_no_table_is_for_admins_only():
    assert staff_access.may("admin", "staff.something_new")
    assert not staff_access.may("agent", "staff.something_new")


def test_reading_changes_nothing(help_center, asked):
    browser = signed_in(help_center)
    with help_center.app_context():
        before = [(row.id, row.state, row.changed_at) for row in db.session.query(SupportRequest)]
    for page in ("/staff/", "/staff/requests", f"/staff/requests/{asked}", "/staff/library", "/staff/sign-in"):
        browser.get(page)

    with help_center.app_context():
        assert [(row.id, row.state, row.changed_at) for row in db.session.query(SupportRequest)] == before


@pytest.mark.parametrize("page", ["/staff/", "/staff/requests", "/staff/library", "/staff/sign-in", "/staff/requests/R-AAAAAA", "/staff/nothing"])
@pytest.mark.parametrize("email", ["gus@example.org", None])
def test_no_staff_page_is_kept_by_a_cache_or_framed(help_center, page, email):
    answer = (signed_in(help_center, email) if email else help_center.test_client()).get(page)

    assert "no-store" in answer.headers["Cache-Control"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_the_library_page_lists_what_the_last_publish_found(help_center):
    with help_center.app_context(), writing() as session:
        session.query(ContentProblem).delete()
        session.add(ContentProblem(path="en/<b>.md", line=3, code="LINK", severity="error", message="Link to <nowhere>", found_at=utcnow()))

    page = signed_in(help_center, "ed@example.org").get("/staff/library").text

    assert "en/&lt;b&gt;.md:3" in page
    assert "Link to &lt;nowhere&gt;" in page


def test_a_mail_that_could_not_be_delivered_is_shown_at_its_request(help_center, asked):
    from helpcenter.mail.mailers import MailRefused

    class Refusing:
        def send(self, sender, recipient, content):
            raise MailRefused("550 no such user")

    with help_center.app_context():
        deliver_due(Refusing())
    browser = signed_in(help_center)

    assert "could not be delivered" in browser.get("/staff/requests").text
    assert "550 no such user" in browser.get(f"/staff/requests/{asked}").text


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def test_what_people_typed_is_never_markup(help_center):
    with help_center.test_request_context(), writing() as session:
        journey = trail.start(session, "en")
        trail.record(session, journey, "search", query=HOSTILE)
        request = support.open_request(
            session, terms(), subject=HOSTILE, body=HOSTILE, email="ann@example.org", name=HOSTILE, lang="en", journey_id=journey.id,
            transcript=[{"from": HOSTILE, "text": HOSTILE, "rule": HOSTILE}], slots={HOSTILE: HOSTILE},
        )  # fmt: skip
    browser = signed_in(help_center)

    for page in ("/staff/requests", f"/staff/requests/{request.reference}"):
        text = browser.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_an_agent_can_unfold_why_the_bot_answered_so(help_center):
    browser = help_center.test_client()
    opened = browser.post("/api/v1/chat", json={"lang": "en"}).get_json()
    bearer = {"Authorization": f"Bearer {opened['token']}"}
    for text in ("I need a copy of my invoice <b>", "talk to a person", "Ann", "ann@example.org", "yes"):
        browser.post(f"/api/v1/chat/{opened['conversation']}/messages", json={"text": text}, headers=bearer)
    with help_center.app_context():
        reference = db.session.scalar(select(SupportRequest.reference))

    page = signed_in(help_center).get(f"/staff/requests/{reference}").text
    whys = [re.sub("<[^>]+>", " ", part) for part in re.findall(r"<details class=\"meta\".*?</details>", page, re.DOTALL)]
    assert any("Why the bot answered so" in why and "best rule invoice.copy" in why for why in whys)


@pytest.mark.parametrize(("accepted", "lang"), [("lv", "lv"), ("pl-PL,pl;q=0.9", "pl"), ("fr", "en"), ("", "en")])
def test_the_pages_speak_the_language_of_the_browser(help_center, accepted, lang):
    page = help_center.test_client().get("/staff/sign-in", headers={"Accept-Language": accepted}).text

    assert f'<html lang="{lang if lang in interface_languages() else "en"}"' in page


def test_an_editor_is_told_that_the_requests_are_not_theirs(help_center):
    answer = signed_in(help_center, "ed@example.org").get("/staff/requests")

    assert answer.status_code == 403
    assert "Your account may not open this page" in answer.get_data(as_text=True)
