"""The chat by plain forms: the conversation lives in the database, its key in a cookie set with the first message."""

import re

import pytest
from sqlalchemy import func, select

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.chat.conversations import LONGEST_MESSAGE
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.language.messages import gettext
from helpcenter.storage import db
from helpcenter.support.models import SupportRequest
from helpcenter.web.limits import LIMITS

LANGUAGES = ["en", "lv", "pl", "sv", "kk"]
CHAT = "/en/chat"
PAUSE = "There were many messages in a short time. Please wait a minute and send this one again; what you typed is kept."


def count(app, model) -> int:
    """Return how many rows *model* has."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def say(client, text: str = "", lang: str = "en", **fields) -> str:
    """Send a message or press a button, and return the page that follows."""
    answer = client.post(f"/{lang}/chat", data={"text": text, **fields})
    assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
    return client.get(f"/{lang}/chat").get_data(as_text=True)


def choices(page: str) -> list[str]:
    """Return the values of the buttons under the last message."""
    form = page.split("data-choices")[1].split("</form>")[0]
    return re.findall(r'name="choice" value="([^"]+)"', form)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_looking_at_the_chat_greets_and_stores_nothing(published_app, client, lang):
    answer = client.get(f"/{lang}/chat")

    assert answer.status_code == 200
    assert 'role="log"' in answer.get_data(as_text=True) and 'class="message bot"' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert count(published_app, Conversation) == 0


def test_the_first_message_starts_the_conversation(published_app, client):
    answer = client.post(CHAT, data={"text": "where is my invoice"})

    cookies = answer.headers.getlist("Set-Cookie")
    (cookie,) = [one for one in cookies if one.startswith("hc_chat=")]
    assert answer.status_code == 303
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    page = client.get(CHAT).get_data(as_text=True)
    assert "where is my invoice" in page and 'class="cardlet" href="/en/articles/find-an-invoice' in page
    assert count(published_app, Conversation) == 1


def test_the_second_message_goes_on(published_app, client):
    say(client, "invoice")
    page = say(client, "thank you")

    assert page.index("invoice") < page.index("thank you")
    assert count(published_app, Conversation) == 1


def test_a_person_can_be_asked_for_at_once(client):
    assert 'name="choice" value="person"' in client.get(CHAT).get_data(as_text=True)
    assert "person" in say(client, choice="person")


def test_the_whole_way_to_a_request(published_app, client):
    say(client, "my invoice is wrong")
    say(client, choice="person")
    say(client, "Ann")
    page = say(client, "ann@example.org")
    for _ in range(3):
        if count(published_app, SupportRequest):
            break
        page = say(client, choice=choices(page)[0])

    with published_app.app_context():
        request = db.session.scalar(select(SupportRequest))
        assert request.email == "ann@example.org" and request.reference in page
        assert any("my invoice is wrong" in line["text"] for line in request.transcript)
    assert "/requests/" in page


def test_what_was_searched_before_travels_with_the_chat(published_app, client):
    page = client.get(f"{CHAT}?q=lost+parcel").get_data(as_text=True)
    client.post(CHAT, data={"text": "lost parcel", "q": "lost parcel"})

    assert ">lost parcel</textarea>" in page
    with published_app.app_context():
        assert db.session.scalar(select(Conversation)).query == "lost parcel"


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST_MESSAGE + 1)])
def test_a_message_that_cannot_be_taken_says_why_and_stays(published_app, client, text):
    answer = client.post(CHAT, data={"text": text})

    assert answer.status_code == 422
    assert "<title>Error:" in answer.get_data(as_text=True)
    assert count(published_app, ChatMessage) == 0


def test_an_unknown_button_does_no_harm(client):
    assert "message bot" in say(client, choice="rule:does-not-exist")


def test_a_new_conversation_forgets_the_old_one(client):
    say(client, "invoice")
    client.post(CHAT, data={"restart": "1"})

    assert "message visitor" not in client.get(CHAT).get_data(as_text=True)


def test_a_forged_cookie_opens_nothing(published_app, client):
    say(client, "my secret invoice")
    stranger = published_app.test_client()
    stranger.set_cookie("hc_chat", "eyJjb252ZXJzYXRpb24iOiIxIiwidG9rZW4iOiJ4In0.forged.signature")

    assert "my secret invoice" not in stranger.get(CHAT).get_data(as_text=True)


def test_a_message_from_another_site_is_refused(published_app, client):
    answer = client.post(CHAT, data={"text": "hi"}, headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert count(published_app, Conversation) == 0


def test_what_people_write_is_text(client):
    page = say(client, "<img src=x onerror=alert(1)> invoice")

    assert "<img src=x" not in page and "&lt;img src=x" in page


def test_the_transcript_is_nobodys_but_the_visitors(client):
    say(client, "invoice")

    assert client.get(CHAT).headers["Cache-Control"] == "private, no-store"


@pytest.fixture
def hurried(published_app, settings):
    """Return a visitor who has sent as many messages as a minute allows."""
    app = create_app(settings.model_copy(update={"rate_limits": "on"}))
    client = app.test_client()
    for number in range(LIMITS["chat-message"].count):
        say(client, f"message {number}", lang="sv")
    yield client
    storage.close(app)


def test_after_thirty_messages_a_minute_a_pause_is_asked_for_and_nothing_typed_is_lost(hurried):
    answer = hurried.post("/sv/chat", data={"text": "min långa fråga"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert ">min långa fråga</textarea>" in page
    assert gettext("sv", PAUSE) in page and gettext("sv", PAUSE) != PAUSE
    assert "message 29" in page


def test_the_api_asks_for_the_pause_in_the_visitors_language(hurried):
    page = hurried.get("/sv/chat").get_data(as_text=True)
    held = dict(re.findall(r'data-(conversation|token)="([^"]+)"', page))
    answer = hurried.post(
        f"/api/v1/chat/{held['conversation']}/messages", json={"text": "hej"}, headers={"Authorization": f"Bearer {held['token']}"}
    )

    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert answer.get_json()["detail"] == gettext("sv", PAUSE)
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_the_longest_message_is_taken_at_every_door(client):
    opened = client.post("/api/v1/chat", json={"lang": "en"}).get_json()
    address, key = f"/api/v1/chat/{opened['conversation']}/messages", {"Authorization": f"Bearer {opened['token']}"}
    longest = "🙂" * LONGEST_MESSAGE

    assert client.post(address, json={"text": longest}, headers=key).get_json()["messages"]
    assert client.post(address, json={"text": longest + "!"}, headers=key).status_code == 422
    assert client.post("/en/chat", data={"text": longest}).status_code == 303
    assert client.post("/en/chat", data={"text": longest + "!"}).status_code == 422


def test_a_card_says_its_title_once(client):
    client.post("/en/chat", data={"text": "I need a copy of my invoice"}, headers={"Sec-Fetch-Site": "same-origin"})

    page = client.get("/en/chat").get_data(as_text=True)
    assert page.count("Find your invoices") == 1
