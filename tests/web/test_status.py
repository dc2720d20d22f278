"""The status page: the link is the key, and it opens one request for whoever holds it."""

import io
import re
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from helpcenter.content.models import Publication, PublishedPart
from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import links, requests
from helpcenter.support.models import Message, StatusLink, SupportRequest
from helpcenter.web.asking import terms
from tests.support.test_attachments import PDF
from tests.web.test_contact import filled


@pytest.fixture
def address(client) -> str:
    """Return the address of the status page of Ann's request."""
    return client.post("/en/contact", data=filled(client)).headers["Location"].split("?")[0]


def messages_in(app) -> list[tuple[str, str]]:
    """Return author and text of all messages."""
    with app.app_context():
        return [(one.author, one.text) for one in db.session.scalars(select(Message).order_by(Message.id))]


def test_the_page_says_where_the_request_stands(client, address):
    page = client.get(address).get_data(as_text=True)

    assert "Missing invoice" in page and "Received" in page
    assert "The invoice for March" in page


def test_right_after_sending_it_says_what_happens_next(client, address):
    page = client.get(f"{address}?new=1").get_data(as_text=True)

    assert "We have your request" in page
    assert "within 8 working hours" in page and "ann@example.org" in page


def test_a_complaint_is_answered_sooner(client):
    address = client.post("/en/contact", data=filled(client, kind="complaint")).headers["Location"]

    assert "within 4 working hours" in client.get(address).get_data(as_text=True)


def test_service_levels_say_until_when_a_person_answers_on_the_page_and_by_mail(published_app, client):
    levels = [{"kind": "problem", "first_answer": 1.5}, {"kind": "question", "solution": 40}]
    with published_app.app_context(), writing() as session:
        part = session.get(PublishedPart, "site")
        part.payload = {**part.payload, "requests": {"service_levels": levels}}
        part.revision += 1
        session.get(Publication, 1).revision += 1

    shown = [client.get(client.post("/en/contact", data=filled(client, kind=kind)).location).text for kind in ("problem", "question", "complaint")]

    said = ("within 2 working hours", "A person answers here and by e-mail", "within 4 working hours")
    assert [words in page for words, page in zip(said, shown, strict=True)] == [True, True, True]
    assert "within" not in shown[1].split("What happens next")[1].split("</p>")[0]
    bodies = [message_from_bytes(mail.content, policy=policy.default).get_body(("plain",)).get_content() for mail in mails_in(published_app)]
    assert ["working hours" in body for body in bodies] == [True, False, True]


def test_nobody_keeps_the_page_lists_it_or_passes_its_address_on(client, address):
    answer = client.get(address)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_notes_of_the_staff_are_not_shown(published_app, client, address):
    with published_app.test_request_context(), writing() as session:
        request = session.scalar(select(SupportRequest))
        session.add(Message(request_id=request.id, author="note", text="a difficult customer", via="staff", public=False))

    assert "difficult" not in client.get(address).get_data(as_text=True)


def test_an_agents_answer_is_shown_with_the_agents_name(published_app, client, address):
    class Gus:
        id, name = 7, "Gus"

    with published_app.test_request_context(), writing() as session:
        requests.reply(session, terms(), session.scalar(select(SupportRequest)), "It is in <b>My pages</b> now.", staff=Gus)

    page = client.get(address).get_data(as_text=True)
    assert "Gus" in page and "Waiting for your answer" in page
    assert "It is in &lt;b&gt;My pages&lt;/b&gt; now." in page


def test_the_customer_can_add_something(published_app, client, address):
    answer = client.post(address, data={"text": "It is the one for <March>.\r\nThanks"})

    assert answer.status_code == 303
    assert messages_in(published_app)[-1] == ("customer", "It is the one for <March>.\nThanks")
    assert "&lt;March&gt;" in client.get(address).get_data(as_text=True)


def test_the_same_words_sent_twice_are_one_message(published_app, client, address):
    for _ in range(2):
        client.post(address, data={"text": "Any news?"})

    assert [text for _author, text in messages_in(published_app)].count("Any news?") == 1


@pytest.mark.parametrize("fields", [{}, {"text": "  "}, {"text": "x" * 20001}, {"text": "hi", "website": "spam"}])
def test_a_message_that_cannot_be_stored_says_why(published_app, client, address, fields):
    answer = client.post(address, data=fields)

    assert answer.status_code == 422
    assert "<title>Error:" in answer.get_data(as_text=True)
    assert len(messages_in(published_app)) == 1


def test_a_message_from_another_site_is_refused(client, address):
    assert client.post(address, data={"text": "hi"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_an_unknown_a_malformed_and_an_expired_link_look_the_same(published_app, client, address):
    with published_app.app_context(), writing() as session:
        session.scalar(select(StatusLink)).expires_at = utcnow()
    expired = client.get(address)
    unknown = client.get(f"/requests/{'A' * 43}")
    malformed = client.get("/requests/x")

    assert [one.status_code for one in (expired, unknown, malformed)] == [404, 404, 404]
    pages = {without_numbers(one.get_data(as_text=True)) for one in (expired, unknown, malformed)}
    assert len(pages) == 1
    assert client.post(address, data={"text": "hi"}).status_code == 404


def without_numbers(page: str) -> str:
    """Return *page* without the number of the visit, which every page has of its own."""
    return page.split("Number of this visit")[0]


def mails_in(app) -> list[OutboxMail]:
    """Return all mails that wait or went."""
    with app.app_context():
        return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def test_a_lost_link_is_mailed_to_its_customer_and_opens_again(published_app, client, address):
    with published_app.app_context(), writing() as session:
        session.scalar(select(StatusLink)).expires_at = utcnow()
        reference = session.scalar(select(SupportRequest.reference))
    expired = client.get(address)

    assert expired.status_code == 404 and 'href="/en/requests/link"' in expired.text
    client.post("/en/requests/link", data={"reference": reference.lower(), "email": "Ann@example.org"})

    mail = mails_in(published_app)[-1]
    assert (mail.recipient, len(mails_in(published_app))) == ("ann@example.org", 2)
    assert address in message_from_bytes(mail.content, policy=policy.default).get_body(("plain",)).get_content()
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("lang", ["en", "lv", "pl", "sv", "kk"])
def test_asking_for_a_link_says_the_same_whether_there_is_one_or_not(published_app, client, address, lang):
    with published_app.app_context():
        reference = db.session.scalar(select(SupportRequest.reference))
    pages = set()
    for given in ({"reference": reference, "email": "ann@example.org"}, {"reference": reference, "email": "eve@example.org"}, {"reference": "?", "email": "x"}):
        answer = client.post(f"/{lang}/requests/link", data=given)
        pages.add((answer.status_code, answer.location, without_numbers(client.get(answer.location).text)))

    assert len(pages) == 1
    assert [mail.recipient for mail in mails_in(published_app)] == ["ann@example.org"] * 2


def test_asking_for_a_link_without_saying_which_keeps_what_was_typed(published_app, client, address):
    answer = client.post("/en/requests/link", data={"reference": "R-<1>", "email": ""})

    assert answer.status_code == 422 and 'value="R-&lt;1&gt;"' in answer.text
    assert len(mails_in(published_app)) == 1


def test_a_request_of_one_visitor_is_closed_to_the_link_of_another(published_app, client, address):
    other = client.post("/en/contact", data=filled(client, subject="Another matter")).headers["Location"]

    assert "Another matter" not in client.get(address).get_data(as_text=True)
    assert "Missing invoice" not in client.get(other).get_data(as_text=True)
    with published_app.app_context():
        assert links.find_by_token(db.session, address.rsplit("/")[-1]).subject == "Missing invoice"


def test_the_same_words_with_the_same_file_are_one_message_and_with_another_two(client, address):
    for data in (PDF, PDF, PDF + b"%"):
        assert client.post(address, data={"text": "Here it is", "files": [(io.BytesIO(data), "bill.pdf")]}).status_code == 303

    assert client.get(address).text.count("Here it is") == 2


def test_files_come_with_an_answer_and_only_this_link_opens_them(published_app, client, address):
    other = client.post("/en/contact", data=filled(client, subject="Another matter")).headers["Location"].split("?")[0]
    sent = client.post(address, data={"text": "Here it is", "files": [(io.BytesIO(PDF), "bill.pdf", "application/pdf")]})
    path = re.search(r'href="([^"]+/files/\d+)"', client.get(address).text)[1]

    answer = client.get(path)

    assert sent.status_code == 303
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"] == "attachment; filename=bill.pdf"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    refused = {client.get(path.replace(address, place)).status_code for place in (other, f"/requests/{'A' * 43}", "/requests/x")}
    assert refused == {404}
    assert client.get(f"/files/{path.rpartition('/')[2]}").status_code == 404


@pytest.mark.parametrize(("name", "data", "said"), [("a.html", b"<b>", "files of this kind"), ("a.pdf", b"MZ", "not what its name says"), ("a.txt", b"", "empty")])
def test_a_file_that_is_not_taken_says_why_and_keeps_the_words(published_app, client, address, name, data, said):
    answer = client.post(address, data={"text": "Here it is", "files": [(io.BytesIO(data), name)]})

    assert answer.status_code == 422
    assert said in answer.text and "Here it is</textarea>" in answer.text
    assert len(messages_in(published_app)) == 1


def test_a_file_may_be_larger_than_other_forms_and_not_too_large(client, address):
    large, said = io.BytesIO(b"x" * 300 * 1024), {"CONTENT_LENGTH": str(60 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x"}

    assert client.post(address, data={"text": "The log", "files": [(large, "log.txt")]}).status_code == 303
    assert client.post(address, environ_overrides=said).status_code == 413
    assert client.post(address, data={"text": "x" * 300_000}).status_code == 413


def test_the_customer_says_that_it_is_solved_and_opens_it_again(published_app, client, address):
    for _ in range(2):
        client.post(f"{address}/solved")
    with published_app.app_context():
        assert db.session.scalar(select(SupportRequest.state)) == "solved"

    client.post(address, data={"text": "Not quite"})

    with published_app.app_context():
        assert db.session.scalar(select(SupportRequest.state)) == "open"


def test_what_is_written_to_a_closed_request_leads_to_a_new_one(published_app, client, address):
    with published_app.app_context(), writing() as session:
        session.scalar(select(SupportRequest)).state = "closed"

    answer = client.post(address, data={"text": "It is back"})

    assert answer.location.split("#")[0] != address
    assert "It is back" in client.get(answer.location).text
