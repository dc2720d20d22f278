"""The trail of a visit that is still nobody's, from the search to the request, with scripts and without."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from helpcenter.chat.models import Conversation
from helpcenter.journeys import acts
from helpcenter.journeys.models import Event, Journey
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.support.models import SupportRequest
from helpcenter.web import carrying
from helpcenter.web.carrying import Carried
from helpcenter.web.services import EXTENSION
from helpcenter.web.staff_words import step_text
from tests.walking import Page

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


class Visitor:
    """A person with a browser without JavaScript: follows links and sends forms as the pages have them."""

    def __init__(self, app) -> None:
        self.client = app.test_client()

    def visit(self, path: str) -> Page:
        """Return the page at *path*."""
        answer = self.client.get(path, headers=BROWSER, follow_redirects=True)
        return Page(answer.request.path, answer.status_code, answer.get_data(as_text=True))

    def send(self, page: Page, form, *, button: tuple[str, str] | None = None, **typed: str) -> Page:
        """Send *form* with what was *typed* and the *button* pressed."""
        fields = {**form.fields, **dict([button] if button else []), **typed}
        if form.method.lower() == "get":
            answer = self.client.get(form.action, query_string=fields, headers=BROWSER)
        else:
            answer = self.client.post(form.action, data=fields, headers=BROWSER, follow_redirects=True)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return Page(answer.request.path, answer.status_code, answer.get_data(as_text=True))


def link_to(page: Page, part: str) -> str:
    """Return the first link of *page* whose address has *part*."""
    return next(link for link in page.links if part in link)


def carried_in(page: Page) -> str:
    """Return the trail that the forms of *page* hold."""
    return unescape(re.search(r'name="trail" value="([^"]+)"', page.source)[1])


def trail_as_seen(app) -> list[str]:
    """Return the trail of the one request as the agent reads it."""
    with app.test_request_context("/"):
        request = db.session.scalars(select(SupportRequest)).one()
        return [step_text("en", step) for step in request.trail]


WALKED = [
    "Searched for “bill [number]”: 1 result",
    "Read “Find your invoices”, result 1",
    "Said that “Find your invoices” did not help",
    "Said that “Find your invoices” did not help: It is hard to understand. They wrote: “Ask [e-mail]”",
    "Opened the contact form",
    "Asked a person",
]
ASKED = {"kind": "problem", "subject": "No bill", "body": "It is not there.", "email": "ann@example.org"}


@pytest.fixture
def one_article(publish_files, app):
    """Return the application with the small library published."""
    publish_files({})
    return app


def test_a_visit_without_javascript_reaches_the_agent_whole(one_article):
    ann = Visitor(one_article)
    home = ann.visit("/en/")
    results = ann.send(home, home.form(with_field="q"), q="bill 4711 0815")
    article = ann.visit(link_to(results, "/articles/find-an-invoice"))
    thanks = ann.send(article, article.form(with_button=("helpful", "no")), button=("helpful", "no"))
    noted = ann.send(thanks, thanks.form(with_field="comment"), reason="unclear", comment="Ask bob@example.org")
    form = ann.visit(link_to(noted, "/en/contact"))
    ann.send(form, form.form(with_field="subject"), **ASKED)

    seen = trail_as_seen(one_article)
    assert [step for step in seen if not step.startswith("Was offered")] == [re.sub("1 result$", seen[0].split(": ")[1], WALKED[0]), *WALKED[1:]]


def test_a_visit_with_javascript_reaches_the_agent_whole(one_article):
    """What vote.js, chat.js and suggest.js send."""
    ann = Visitor(one_article)
    results = ann.visit("/en/search?q=invoice")
    article = ann.visit(link_to(results, "/articles/find-an-invoice"))
    box = article.form(with_button=("helpful", "no"))
    ann.client.post(box.action, data={**box.fields, "helpful": "no", "read": "42"}, headers={**BROWSER, "X-Fragment": "1"})
    chat = ann.visit("/en/chat")
    opened = {"lang": "en", "page": "/en/chat", "query": "", "trail": None}
    begun = ann.client.post("/api/v1/chat", json=opened, headers=BROWSER).get_json()
    path, held = f"/api/v1/chat/{begun['conversation']}/messages", {"Authorization": f"Bearer {begun['token']}", **BROWSER}
    ann.client.post(path, json={"text": "blorft quux"}, headers=held)
    contact = ann.visit(link_to(chat, "/en/contact"))
    form = contact.form(with_field="subject")
    ann.send(contact, form, **ASKED, offered="find-an-invoice nothing", taken="find-an-invoice")

    seen = trail_as_seen(one_article)
    assert seen[0].startswith("Searched for “invoice”")
    assert seen[1:] == [
        "Read “Find your invoices”, result 1",
        "Said that “Find your invoices” did not help",
        "Opened the chat",
        "Wrote in the chat",
        "Opened the contact form",
        "Was offered: Find your invoices",
        "Opened the offered “Find your invoices”",
        "Asked a person",
    ]


def test_a_visit_that_began_in_the_widget_goes_on_in_its_chat_and_on_the_site(one_article):
    """The panel's frame has no cookie on another site."""
    panel = Visitor(one_article).visit("/widget/v1/panel?lang=en&q=invoice")
    article = Visitor(one_article).visit(link_to(panel, "/panel/articles/find-an-invoice"))
    token = parse_qs(urlsplit(link_to(article, "/en/articles/find-an-invoice")).query)["trail"][0]
    chat = Visitor(one_article).visit(link_to(article, "/panel/chat"))
    given = re.search(r'data-trail="([^"]+)"', chat.source)[1]

    Visitor(one_article).client.post("/api/v1/chat", json={"lang": "en", "trail": given})

    with one_article.app_context():
        kinds = db.session.scalars(select(Event.kind).order_by(Event.id)).all()
        assert kinds == ["search", "view", "chat"]
    site = Visitor(one_article).visit(f"/en/articles/find-an-invoice?trail={token}")
    with one_article.test_request_context("/"):
        assert [step[0] for step in carrying.read(carried_in(site)).steps] == ["s", "v"]


def test_an_article_that_was_left_for_the_chat_is_known(one_article):
    client = one_article.test_client()
    page = client.get("/en/chat", headers={"Referer": "http://localhost/en/articles/find-an-invoice"}).get_data(as_text=True)
    given = re.search(r'data-trail="([^"]+)"', page)[1]

    client.post("/en/chat", data={"text": "hello", "trail": given})

    with one_article.app_context():
        assert db.session.scalars(select(Event.kind).order_by(Event.id)).all() == ["view", "chat", "turn"]
        assert db.session.scalars(select(Conversation.journey_id)).one() == db.session.scalars(select(Journey.id)).one()


@pytest.mark.parametrize("spoil", [lambda token: token[:-2] + "xx", lambda token: "W10.x", lambda token: token * 40, lambda token: "\x00", lambda token: ""])
def test_a_trail_that_was_changed_is_as_if_it_were_not_there(one_article, spoil):
    ann = Visitor(one_article)
    token = carried_in(ann.visit("/en/search?q=invoice"))

    for answer in (
        ann.client.post("/api/v1/votes", json={"article": "find-an-invoice", "lang": "en", "helpful": True, "trail": spoil(token)}),
        ann.client.get("/en/articles/find-an-invoice", query_string={"trail": spoil(token)}),
    ):
        assert answer.status_code == 200
    with one_article.app_context():
        assert db.session.scalars(select(Event.kind).order_by(Event.id)).all() == ["view", "vote"]


def test_a_trail_ends_with_the_visits_silence(published_app):
    with published_app.test_request_context("/"):
        token = Carried().after_search("invoice", 2).token()

        assert carrying.read(token)
        assert carrying.read(token, utcnow() + timedelta(minutes=29))
        assert not carrying.read(token, utcnow() + timedelta(minutes=31))


def test_a_trail_stays_short_and_holds_no_private_words(published_app):
    with published_app.test_request_context("/"):
        way = Carried()
        for number in range(50):
            way = way.after_search(f"{number} ann@example.org 4111111111111111 " + "ж" * 190, number)

        token = way.token()
        assert len(token) <= carrying.LONGEST_TOKEN
        assert 0 < len(carrying.read(token).steps) <= carrying.MOST_STEPS
        assert "ann@" not in str(way.steps) and "4111" not in str(way.steps)


def test_the_same_step_twice_is_one(published_app):
    with published_app.test_request_context("/"):
        way = Carried().after_search("a", 1).after_view("en", "x/y", 1).after_search("a", 1).after_view("en", "x/y", 2)

        assert [step[0] for step in way.steps] == ["s", "v"]


def test_a_page_that_leads_a_visit_on_is_kept_by_nobody_else(one_article):
    ann = Visitor(one_article)
    address = link_to(ann.visit("/en/search?q=invoice"), "/articles/find-an-invoice")

    assert ann.client.get(address).headers["Cache-Control"] == "private, no-cache"
    plain = ann.client.get("/en/articles/find-an-invoice")
    assert plain.headers["Cache-Control"] == "public, no-cache"
    assert "trail=" not in plain.get_data(as_text=True)


def test_the_pages_between_keep_the_trail_and_stay_everybodys_without_one(one_article):
    ann = Visitor(one_article)
    ann.visit("/en/")
    results = ann.visit("/en/search?q=invoice")
    home = ann.visit(link_to(results, "/en/?trail="))
    section = ann.visit(link_to(home, "/en/sections/"))
    article = ann.visit(link_to(section, "/articles/find-an-invoice"))

    with one_article.test_request_context("/"):
        assert [step[0] for step in carrying.read(carried_in(article)).steps] == ["s", "v"]
    for path in ("/en/", "/en/sections/payments"):
        plain, led = ann.client.get(path), ann.client.get(path, query_string={"trail": carried_in(article)})
        assert (plain.headers["Cache-Control"], "trail=" in plain.text) == ("public, no-cache", False)
        assert (led.headers["Cache-Control"], "trail=" in led.text, led.headers.get("ETag")) == ("private, no-cache", True, None)
        assert ann.client.get(path, query_string={"trail": "forged"}).headers["ETag"] == plain.headers["ETag"]


def test_a_suggestion_that_is_opened_is_counted_once_and_so_is_a_chat_that_is_seen(one_article):
    ann = Visitor(one_article)
    article = ann.visit(link_to(ann.visit("/en/contact?subject=invoice"), "/articles/find-an-invoice"))
    ann.visit(link_to(article, "/en/chat"))
    one_article.extensions[EXTENSION].recorder.finish()

    with one_article.app_context():
        done = acts.counted(db.session, utcnow().date())
    assert (done["suggested"], done["suggestion-taken"], done["chat-seen"]) == (1, 1, 1)
