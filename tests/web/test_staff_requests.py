"""The inbox in the browser: nobody answers over another, drafts stay, what helps is inserted, everything without JavaScript."""

import io
import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from helpcenter.accounts.models import AuditEntry, StaffSession
from helpcenter.accounts.staff import add_staff
from helpcenter.content.models import PublishedPart
from helpcenter.mail.outbox import deliver_due
from helpcenter.publishing import publish
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import handling, inbox, links
from helpcenter.support import requests as support
from helpcenter.support.attachments import attachments_of, store_attachment
from helpcenter.support.models import Message, SupportEvent, SupportRequest
from helpcenter.web.asking import terms
from helpcenter.web.services import services
from tests.support.test_attachments import PDF
from tests.web.test_staff import PASSWORD, SAME_SITE, asked, csrf_token, help_center, send, signed_in  # noqa: F401 - fixtures


@pytest.fixture
def page(asked) -> str:  # noqa: F811
    """Return the address of the request's page."""
    return f"/staff/requests/{asked}"


def shown(app, reference: str) -> SupportRequest:
    """Return the request with *reference*."""
    with app.app_context():
        return support.find_by_reference(db.session, reference)


def settle(app, **values) -> None:
    """Change what site.yaml says about requests."""
    with app.app_context(), writing() as session:
        part = session.get(PublishedPart, "site")
        part.payload = {**part.payload, "requests": {**part.payload.get("requests", {}), **values}}
        part.revision += 1
        from helpcenter.content.models import Publication

        session.get(Publication, 1).revision += 1


def seen(browser, page: str) -> str:
    """Return the last message that the page says was seen."""
    return re.search(r'name="seen" value="(\d+)"', browser.get(page).text)[1]


def test_a_request_is_given_to_somebody_and_found_in_their_view(help_center, asked, page):  # noqa: F811
    browser = signed_in(help_center)
    with help_center.app_context():
        gus = int(re.search(r'value="(\d+)">Gus', browser.get(page).text)[1])

    send(browser, f"{page}/properties", assignee=gus, team="", priority="high", tags="Router, blinks")

    assert asked in browser.get("/staff/requests?view=mine").text
    assert asked not in browser.get("/staff/requests?view=unassigned").text
    assert asked in browser.get("/staff/requests?view=all&tag=blinks").text
    assert asked in browser.get("/staff/requests?view=all&q=since+YESTERDAY").text
    assert asked not in browser.get("/staff/requests?view=all&q=%25").text
    assert "Assigned to Gus" in browser.get(page).text


def test_what_is_refused_says_why(help_center, page):  # noqa: F811
    browser = signed_in(help_center)

    answer = send(browser, f"{page}/properties", assignee="", team="nobody", priority="normal", tags="")

    assert "There is no such team" in browser.get(answer.location).text


def test_who_answers_meanwhile_stops_a_reply_once_and_the_words_are_kept(help_center, asked, page):  # noqa: F811
    gus, ada = signed_in(help_center), signed_in(help_center, "ada@example.org")
    before = seen(gus, page)
    assert "Looking at this too: Gus" in ada.get(page).text
    send(ada, f"{page}/reply", text="I have it.", seen=seen(ada, page))

    refused = send(gus, f"{page}/reply", text="Hold the button.", seen=before)

    assert refused.status_code == 409
    assert "I have it." in refused.text and "Hold the button.</textarea>" in refused.text
    assert "Hold the button.</textarea>" in gus.get(page).text, "the draft is on the server"
    again = re.search(r'name="seen" value="(\d+)"', refused.text)[1]
    assert send(gus, f"{page}/reply", text="Hold the button.", seen=again).status_code == 303
    assert "Hold the button.</textarea>" not in gus.get(page).text


def test_articles_and_prepared_replies_are_inserted_without_javascript(help_center, asked, page):  # noqa: F811
    settle(help_center, canned_replies={"hello": {"title": {"en": "Greeting"}, "text": {"en": "Hello {{ name }}, this is {{ agent }} about {{ reference }}."}}})
    browser = signed_in(help_center)

    found = browser.get(send(browser, f"{page}/compose", text="Dear Ann", do="find", find="invoices").location).text
    slug = re.search(r'name="insert" value="([^"]+)"', found)[1]
    send(browser, f"{page}/compose", text="Dear Ann", insert=slug)
    send(browser, f"{page}/compose", text=draft(help_center, asked), do="canned", canned="hello")

    text = draft(help_center, asked)
    assert text.startswith("Dear Ann\n\n")
    assert f"/en/articles/{slug}" in text
    assert text.endswith(f"Hello Ann, this is Gus about {asked}.")


def draft(app, reference: str) -> str:
    """Return the draft that somebody has for the request."""
    with app.app_context():
        return db.session.scalar(select(inbox.ReplyDraft.text)) or ""


def test_a_reply_can_be_taken_back_while_it_is_held(help_center, asked, page):  # noqa: F811
    settle(help_center, undo_send_seconds=60)
    browser = signed_in(help_center)
    send(browser, f"{page}/reply", text="Hold the button.", state="solved")
    held = re.search(r'name="message" value="(\d+)"', browser.get(page).text)[1]

    send(browser, f"{page}/take-back", message=held)

    assert "Hold the button.</textarea>" in browser.get(page).text
    assert shown(help_center, asked).state == "open"
    with help_center.app_context():
        assert "agent_replied" not in db.session.scalars(select(SupportEvent.kind)).all()


def test_a_note_calls_people_by_their_first_name(help_center, page):  # noqa: F811
    send(signed_in(help_center), f"{page}/note", note="@Ada can you look?")

    with help_center.app_context():
        assert db.session.scalar(select(SupportEvent).where(SupportEvent.kind == "mentioned")) is not None


def test_requests_are_merged_linked_split_and_set_aside(help_center, asked, page):  # noqa: F811
    with help_center.test_request_context(), writing() as session:
        other = support.open_request(session, terms(), subject="The same", body="Still", email="ann@example.org", lang="en").reference
        second = support.customer_reply(session, support.find_by_reference(session, asked), "My invoice?", via="form").id
    browser = signed_in(help_center)

    send(browser, f"{page}/join", other=other, how="tie")
    send(browser, f"{page}/split", message=second)
    assert browser.get(page).text.count('class="reference">R-') >= 3
    send(browser, f"/staff/requests/{other}/join", other=asked, how="merge")
    assert "Still" in browser.get(page).text
    answer = send(browser, f"{page}/join", other="R-999999", how="tie")
    assert "There is no other request" in browser.get(answer.location).text
    send(browser, f"{page}/spam", spam="yes")

    assert asked not in browser.get("/staff/requests?view=all").text
    assert asked in browser.get("/staff/requests?view=spam").text


def test_many_requests_at_once_and_a_list_that_is_kept(help_center, asked):  # noqa: F811
    browser = signed_in(help_center)
    send(browser, "/staff/inbox/filters", view="all", q="router", name="Routers <b>")
    listed = browser.get("/staff/requests").text
    assert "Routers &lt;b&gt;" in listed and "Routers" not in signed_in(help_center, "ada@example.org").get("/staff/requests").text

    send(browser, "/staff/inbox/many", reference=[asked, "R-999999"], do="take", view="all")
    assert asked in browser.get("/staff/requests?view=mine").text
    send(browser, "/staff/inbox/many", reference=asked, do="solve")

    assert shown(help_center, asked).state == "solved"
    number = re.search(r"/staff/inbox/filters/(\d+)/remove", listed)[1]
    send(signed_in(help_center, "ada@example.org"), f"/staff/inbox/filters/{number}/remove")
    assert "Routers" in browser.get("/staff/requests").text
    send(browser, f"/staff/inbox/filters/{number}/remove")
    assert "Routers" not in browser.get("/staff/requests").text


def test_a_reply_becomes_a_draft_and_an_article_becomes_evidence(help_center, asked, page):  # noqa: F811
    browser = signed_in(help_center)
    send(browser, f"{page}/reply", text="Hold the button.")
    with help_center.app_context():
        message = db.session.scalar(select(Message.id).where(Message.author == "agent"))
        first = db.session.scalar(select(Message.id).where(Message.author == "customer"))

    draft_file = browser.get(f"{page}/messages/{message}/article.md")
    slug = re.search(r'name="insert" value="([^"]+)"', browser.get(f"{page}?find=invoices").text)[1]
    send(browser, f"{page}/solved-by", article=f"https://help.example.org/en/articles/{slug}?q=x")
    answer = send(browser, f"{page}/solved-by", article="nowhere")

    assert draft_file.text == "---\ntitle: My router blinks <red>\ndraft: true\n---\n\nHold the button.\n"
    assert draft_file.headers["Content-Disposition"].startswith("attachment")
    assert browser.get(f"{page}/messages/{first}/article.md").status_code == 404
    assert "There is no published article" in browser.get(answer.location).text
    with help_center.app_context():
        assert len(handling.solved_by(db.session, support.find_by_reference(db.session, asked))) == 1


def test_a_file_is_downloaded_and_only_from_its_own_request(help_center, asked, page):  # noqa: F811
    with help_center.test_request_context(), writing() as session:
        kept = store_attachment(session, support.find_by_reference(session, asked), "bill.pdf", "application/pdf", PDF, folder=services().data_folder)
        other = support.open_request(session, terms(), subject="Other", body="Other", email="bob@example.org", lang="en").reference
        number = kept.id
    browser = signed_in(help_center)

    answer = browser.get(f"{page}/files/{number}")

    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"] == "attachment; filename=bill.pdf"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert browser.get(f"/staff/requests/{other}/files/{number}").status_code == 404
    assert help_center.test_client().get(f"{page}/files/{number}").status_code == 303


@pytest.mark.parametrize("days", ["30", "7", "x", "-1"])
def test_the_report_says_how_often_times_were_kept(help_center, asked, page, days):  # noqa: F811
    browser = signed_in(help_center)
    send(browser, f"{page}/reply", text="Hold the button.")

    assert "100 %" in browser.get(f"/staff/inbox/times?days={days}").text


def test_of_two_agents_who_answer_at_once_the_second_sees_the_first(storage_app):
    with storage_app.test_request_context(), writing() as session:
        for name in ("gus", "ada"):
            add_staff(session, email=f"{name}@example.org", name=name.title(), role="agent", password=PASSWORD)
        reference = support.open_request(session, terms(), subject="Router", body="It blinks.", email="ann@example.org", lang="en").reference
    page, together, answers = f"/staff/requests/{reference}", threading.Barrier(2), []
    browsers = [signed_in(storage_app, f"{name}@example.org") for name in ("gus", "ada")]
    forms = [{"csrf_token": csrf_token(browser, page), "seen": seen(browser, page)} for browser in browsers]

    def answer(browser, form) -> None:
        together.wait()
        answers.append(browser.post(f"{page}/reply", data={**form, "text": f"Answer {form['csrf_token']}"}, headers=SAME_SITE).status_code)

    threads = [threading.Thread(target=answer, args=pair) for pair in zip(browsers, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [303, 409]


def test_an_answer_becomes_a_draft_in_the_content_folder_without_the_persons_in_it(help_center, asked, page):  # noqa: F811
    browser, folder = signed_in(help_center), services_of(help_center).content_folder
    text = f"Hello Ann,\n\nhold the button for ten seconds, then call +371 2000 0000 or write to ann@example.org about {asked}.\n\nGus"
    send(browser, f"{page}/reply", text=text)
    with help_center.app_context():
        message = db.session.scalar(select(Message.id).where(Message.author == "agent"))

    send(browser, f"{page}/messages/{message}/article")
    again = send(browser, f"{page}/messages/{message}/article")

    (made,) = folder.rglob("my-router-blinks-red.md")
    written = made.read_text(encoding="utf-8")
    assert "title: My router blinks <red>\n" in written
    assert "draft: true" in written
    assert written.endswith("\nhold the button for ten seconds, then call [number] or write to [e-mail] about .\n")
    assert not [private for private in ("Ann", "Gus", "2000", "ann@", asked) if private in written]
    assert "No draft was made" in browser.get(again.location).text
    with help_center.app_context():
        request = support.find_by_reference(db.session, asked)
        assert [row.article for row in handling.solved_by(db.session, request)] == ["my-router-blinks-red"]
        assert db.session.scalar(select(SupportEvent.details).where(SupportEvent.kind == "drafted")) == {"to": "en/my-router-blinks-red.md"}
    publish_again(help_center)
    assert browser.get("/en/articles/my-router-blinks-red").status_code == 404, "readers see no draft"


def services_of(app):
    """Return what the views of *app* use."""
    with app.app_context():
        return services()


def publish_again(app) -> None:
    """Publish the content folder."""
    with app.app_context():
        publish(services().content_folder, services().index)


def test_only_a_reply_of_this_request_becomes_a_draft(help_center, asked, page):  # noqa: F811
    browser = signed_in(help_center)
    with help_center.app_context():
        first = db.session.scalar(select(Message.id).where(Message.author == "customer"))

    assert send(browser, f"{page}/messages/{first}/article").status_code == 404
    assert send(signed_in(help_center, "ed@example.org"), f"{page}/messages/{first}/article").status_code == 403


def test_asking_for_news_tells_a_number_and_keeps_nobody_signed_in(help_center, asked):  # noqa: F811
    browser = signed_in(help_center)
    with help_center.app_context(), writing() as session:
        session.execute(update(StaffSession).values(last_seen_at=utcnow() - timedelta(minutes=30)))
    before = browser.get("/staff/inbox/news").json
    with help_center.test_request_context(), writing() as session:
        support.customer_reply(session, support.find_by_reference(session, asked), "Any news?", via="form")

    assert list(before) == ["latest"]
    assert browser.get("/staff/inbox/news").json["latest"] > before["latest"]
    with help_center.app_context():
        assert db.session.scalar(select(StaffSession.last_seen_at)) < utcnow() - timedelta(minutes=29)
    assert signed_in(help_center, "ed@example.org").get("/staff/inbox/news").status_code == 403


def test_a_draft_that_keeps_itself_is_no_change_in_the_log(help_center, page):  # noqa: F811
    browser = signed_in(help_center)
    send(browser, f"{page}/compose", text="Hold", do="draft")
    send(browser, f"{page}/note", note="Looked at it")

    with help_center.app_context():
        actions = db.session.scalars(select(AuditEntry.action)).all()
    assert "staff.note" in actions
    assert "staff_requests.compose" not in actions


def test_a_reply_brings_files_by_mail_and_to_the_status_page(help_center, asked, page, mailer):  # noqa: F811
    browser = signed_in(help_center)
    sent = send(browser, f"{page}/reply", text="The form is here.", files=(io.BytesIO(PDF), "veidlapa ā.pdf"))
    with help_center.test_request_context():
        deliver_due(mailer)
        status = url_path_of_status(asked)

    mail = mailer.sent[-1].message
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("veidlapa ā.pdf", PDF)
    assert "veidlapa ā.pdf" in mail.get_body(("plain",)).get_content()
    assert sent.status_code == 303
    assert "veidlapa ā.pdf" in help_center.test_client().get(status, follow_redirects=True).text
    assert "veidlapa ā.pdf" in browser.get(page).text


def url_path_of_status(reference: str) -> str:
    """Return the path of the customer's status page."""
    url = links.status_url(terms(), support.find_by_reference(db.session, reference))
    return url.removeprefix(services().base_url)


def test_files_too_large_for_mail_are_on_the_status_page_alone(help_center, asked, page, mailer, monkeypatch):  # noqa: F811
    monkeypatch.setattr("helpcenter.support.letters.LARGEST_ATTACHED_BYTES", len(PDF) - 1)
    send(signed_in(help_center), f"{page}/reply", text="The form is here.", files=(io.BytesIO(PDF), "form.pdf"))
    with help_center.app_context():
        deliver_due(mailer)

    assert list(mailer.sent[-1].message.iter_attachments()) == []
    assert "form.pdf" in mailer.sent[-1].text


def test_a_file_that_is_refused_keeps_the_words(help_center, asked, page):  # noqa: F811
    answer = send(signed_in(help_center), f"{page}/reply", text="Hold the button.", files=(io.BytesIO(b"MZ"), "run.exe"))

    assert answer.status_code == 422
    assert "run.exe" in answer.text
    assert "Hold the button.</textarea>" in answer.text
    assert "please choose your files once more" in answer.text
    with help_center.app_context():
        assert db.session.scalar(select(Message.id).where(Message.author == "agent")) is None


def test_files_of_a_held_reply_wait_with_it(help_center, asked, page, mailer):  # noqa: F811
    settle(help_center, undo_send_seconds=60)
    browser = signed_in(help_center)
    send(browser, f"{page}/reply", text="The form is here.", files=(io.BytesIO(PDF), "form.pdf"))
    with help_center.test_request_context():
        (file,) = attachments_of(db.session, support.find_by_reference(db.session, asked))
        status = url_path_of_status(asked)
    customer = help_center.test_client()
    assert "form.pdf" not in customer.get(status, follow_redirects=True).text
    assert customer.get(f"{status}/files/{file.id}").status_code == 404

    with help_center.test_request_context(), writing() as session:
        handling.release_held(session, terms(), now=utcnow() + timedelta(minutes=2))
    with help_center.app_context():
        deliver_due(mailer)
    assert [one.get_filename() for one in mailer.sent[-1].message.iter_attachments()] == ["form.pdf"]
    assert customer.get(f"{status}/files/{file.id}").status_code == 200


def test_a_stranger_cannot_make_us_read_many_megabytes(help_center, page):  # noqa: F811
    # Not by the form of the test client, which leaves the file open that it spools so much into.
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="x.txt"\r\n\r\n' + b"x" * 20_000_000 + b"\r\n--x--\r\n"
    refused = help_center.test_client().post(f"{page}/reply", data=body, content_type="multipart/form-data; boundary=x", headers=SAME_SITE)

    assert refused.status_code == 403
