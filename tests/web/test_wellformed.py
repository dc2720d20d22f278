"""The HTML of every page and state, in every language of the interface, has no fault."""

import re

import pytest

from helpcenter.accounts.staff import add_staff
from helpcenter.storage import writing
from tests.browser.everypage import CHARGED, EVERYTHING, FILES, LANGUAGES, STAFF, public_views
from tests.wellformed import faults

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def visitor(publish_files):
    """Return a browser of the small library with an article of everything."""
    return publish_files({**FILES, "pl/payments/everything.md": EVERYTHING.replace("Everything", "Wszystko")})


def wrong_on(answers: dict) -> dict[str, list[str]]:
    """Return the faults of each answer that has some."""
    found = {name: faults(answer.text) for name, answer in answers.items()}
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_public_page_has_a_fault(visitor, lang):
    answers = {view.name: visitor.get(view.path, headers={"Accept-Language": lang}, follow_redirects=True) for view in public_views(lang) if view.act is None}
    answers["article"] = visitor.get(f"/{lang}/articles/everything")
    answers["contact, errors"] = visitor.post(f"/{lang}/contact", data={"subject": "invoice"}, headers=SAME_SITE)

    assert wrong_on(answers) == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_of_a_conversation_or_a_request_has_a_fault(visitor, lang):
    chat = visitor.post(f"/{lang}/chat", data={"text": CHARGED[lang]}, headers=SAME_SITE, follow_redirects=True)
    sent = {"subject": "Box", "body": "It does not turn on.", "email": "ann@example.org", "kind": "other"}
    page = visitor.get(f"/{lang}/contact").text
    sent |= {"form": re.search(r'name="form" value="([^"]*)"', page).group(1), "kind": re.search(r'name="kind" value="([^"]*)"', page).group(1)}
    request = visitor.post(f"/{lang}/contact", data=sent, headers=SAME_SITE, follow_redirects=True)

    assert request.status_code == 200 and "/requests/" in request.request.path
    assert chat.status_code == 200 and "message visitor" in chat.text
    assert wrong_on({"chat": chat, "request": request, "later": visitor.get(request.request.path)}) == {}


def test_no_page_of_staff_has_a_fault(app, visitor):
    with app.app_context(), writing() as session:
        add_staff(session, email=STAFF[0], name="Ed", role="admin", password=STAFF[1])
    sign_in = visitor.get("/staff/sign-in")
    refused = visitor.post("/staff/sign-in", data={"email": STAFF[0], "password": "no"}, headers=SAME_SITE)
    visitor.post("/staff/sign-in", data={"email": STAFF[0], "password": STAFF[1]}, headers=SAME_SITE)
    inside = {path: visitor.get(path) for path in ("/staff/requests", "/staff/library", "/staff/articles/")}

    assert all(answer.status_code == 200 for answer in inside.values())
    assert wrong_on({"sign in": sign_in, "refused": refused, **inside}) == {}


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<h1>x<b></h1></b>", "not closed"),
        ("<h1>x</h1><div>", "never closed"),
        ("<h1>x</h1></div>", "without a start"),
        ("<h1 id=a>x</h1><p id=a></p>", "2 times"),
        ("<h1>x</h1><label for=b>x</label>", "not there"),
        ("<h1>x</h1><p aria-describedby='b c'></p>", "not there"),
        ("<h1>x</h1><input id=a>", "no label"),
        ("<h1>x</h1><p><div></div></p>", "inside <p>"),
        ("<h1>x</h1><a href=x><button>x</button></a>", "inside a link"),
        ("<h1>x</h1><ul><div></div></ul>", "directly in a list"),
        ("<h1>x</h1><img src=x>", "without alt"),
        ("<h1>x</h1><a href='#b'>x</a>", "not there"),
        ("<h1>x</h1><spam></spam>", "no element"),
        ("<h1>x</h1><p class=a class=b></p>", "twice"),
        ("<p>x</p>", "0 <h1>"),
    ],
)
def test_faults_are_found(html, said):
    assert any(said in one for one in faults(html))


def test_what_is_right_is_no_fault():
    assert faults("<!doctype html><h1 id='a'>x &amp; y</h1><label>x <input></label><svg><use href='#a'/></svg><a href='#a'>x</a><br>") == []
