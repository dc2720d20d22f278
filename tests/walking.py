"""A customer on the way through a help center: over HTTP, without JavaScript, or as a program through the API."""

import json
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar

# Language -> what is typed for an invoice, and the word for it in the page it leads to.
INVOICE = {
    "en": ("invoces", "invoice"),
    "lv": ("rekins", "rēķin"),
    "pl": ("fakturę", "faktur"),
    "sv": ("fakturor", "faktur"),
    "kk": ("шоттарды", "шот"),
}
PROBLEM = "My router blinks red since Tuesday. Жарық қызыл, jau trīs dienas."
EMAIL = "ann@example.org"


@dataclass
class Form:
    """One form of a page: where it goes, its fields as they are, and its buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """A page as a text browser sees it: text, links and forms."""

    def __init__(self, url: str, status: int, source: str) -> None:
        super().__init__()
        self.url, self.status, self.source = url, status, source
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._text: list[str] = []
        self.feed(source)
        self.close()

    @property
    def text(self) -> str:
        """The words of the page on one line."""
        return " ".join(" ".join(self._text).split())

    def form(self, *, with_button: tuple[str, str] | None = None, with_field: str | None = None) -> Form:
        """Return the form that has the button (name, value) or the field."""
        return next(form for form in self.forms if (with_button in form.buttons if with_button else with_field in form.fields))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag in ("input", "textarea", "button") and self.forms and "name" in given:
            kind = given.get("type", "")
            if tag == "button":
                self.forms[-1].buttons.append((given["name"], given.get("value", "")))
            elif kind not in ("radio", "checkbox") or "checked" in given:
                self.forms[-1].fields[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        self._text.append(data)


class Person:
    """A visitor or a member of the staff with a browser of their own: it keeps cookies and follows redirects."""

    def __init__(self, site: str) -> None:
        self.site = site
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open

    def _page(self, request: urllib.request.Request) -> Page:
        try:
            with self._open(request, timeout=200) as answer:
                return Page(answer.url, answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Page(error.url, error.code, error.read().decode())

    def visit(self, path: str) -> Page:
        """Return the page at *path*, or at a whole address."""
        return self._page(urllib.request.Request(urllib.parse.urljoin(self.site, path)))

    def send(self, page: Page, form: Form, *, button: tuple[str, str] | None = None, **typed: str) -> Page:
        """Send *form* of *page* with what was *typed* and the *button* pressed; return the page that follows."""
        fields = urllib.parse.urlencode({**form.fields, **dict([button] if button else []), **typed})
        address = urllib.parse.urljoin(page.url, form.action)
        if form.method.lower() == "get":
            return self.visit(f"{address}?{fields}")
        return self._page(urllib.request.Request(address, fields.encode(), method="POST"))

    def call(self, path: str, body: dict | None = None, **headers: str) -> dict:
        """Return what the API at *path* answers to *body*."""
        encoded = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
        with self._open(urllib.request.Request(urllib.parse.urljoin(self.site, path), encoded, headers), timeout=200) as answer:
            return json.load(answer)


@dataclass
class Asked:
    """A question that reached a person."""

    reference: str
    status_url: str
    messages_path: str = ""
    token: str = ""


def go_by_api(person: Person, lang: str) -> Asked:
    """Search, vote, chat and ask a person, all through the API. Checks what each step answers."""
    words, inside = INVOICE[lang]
    hit = person.call(f"/api/v1/search?q={urllib.parse.quote(words)}&lang={lang}")["hits"][0]
    assert inside in hit["title"].lower(), f"{words} finds {hit['title']} first"
    vote = {"article": hit["slug"], "lang": lang, "helpful": False}
    before = person.call("/api/v1/votes", vote)
    after = person.call("/api/v1/votes", {**vote, "helpful": True})
    assert (after["helpful"], after["not_helpful"]) == (before["helpful"] + 1, before["not_helpful"] - 1)

    started = person.call("/api/v1/chat", {"lang": lang})
    path, token = f"/api/v1/chat/{started['conversation']}/messages", started["token"]

    def say(**message: str) -> dict:
        return person.call(path, message, Authorization=f"Bearer {token}")

    assert say(text=words)["messages"]
    say(text=PROBLEM)
    say(choice="person")
    say(choice="form:skip")
    # What was said already is the problem; it is not asked for again.
    answer = say(text=EMAIL)
    assert "form:send" in choices(answer), answer
    answer = say(choice="form:send")
    assert answer["state"] == "escalated"
    return Asked(answer["request"]["reference"], answer["request"]["status_url"], path, token)


def choices(answer: dict) -> list[str]:
    """Return the values of the buttons below the last message of *answer*."""
    return [choice["value"] for choice in answer["messages"][-1].get("choices") or []]


def go_by_forms(person: Person, lang: str) -> Asked:
    """Search, read, vote, chat and ask a person with plain forms. Checks what each page shows."""
    words, inside = INVOICE[lang]
    home = person.visit(f"/{lang}/")
    found = person.send(home, home.form(with_field="q"), q=words)
    address = next(link for link in found.links if f"/{lang}/articles/" in link)
    article = person.visit(address)
    assert article.status == 200
    assert inside in article.text.lower()
    thanks = person.send(article, article.form(with_button=("helpful", "yes")), button=("helpful", "yes"))
    assert thanks.status == 200
    assert not any(("helpful", "yes") in form.buttons for form in thanks.forms)

    page = person.visit(f"/{lang}/chat")
    for said in (words, PROBLEM):
        page = person.send(page, page.form(with_field="text"), text=said)
    page = press(person, page, "person")
    page = press(person, page, "form:skip")
    page = person.send(page, page.form(with_field="text"), text=EMAIL)
    page = press(person, page, "form:send")
    status_url = next(link for link in page.links if "/requests/" in link)
    return Asked(reference_in(page.text), status_url)


def press(person: Person, page: Page, value: str) -> Page:
    """Press the button of the chat with *value*."""
    return person.send(page, page.form(with_button=("choice", value)), button=("choice", value))


def ask_by_form(person: Person, lang: str) -> Asked:
    """Ask a person with the contact form."""
    page = person.visit(f"/{lang}/contact")
    sent = person.send(page, page.form(with_field="subject"), kind="problem", subject="Router", body=PROBLEM, email=EMAIL)
    assert sent.status == 200
    status_url = next((link for link in sent.links if "/requests/" in link), sent.url)
    return Asked(reference_in(sent.text), status_url)


def ask_by_api(person: Person, lang: str) -> Asked:
    """Ask a person with one call."""
    body = {"lang": lang, "subject": "Router", "body": PROBLEM, "email": EMAIL}
    answer = person.call("/api/v1/requests", body, Idempotency_Key=str(uuid.uuid4()))
    return Asked(answer["reference"], answer["status_url"])


def reference_in(text: str) -> str:
    """Return the first reference of a request in *text*."""
    return next(word.strip(".,:()") for word in text.split() if word.startswith("R-"))
