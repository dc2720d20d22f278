"""A signed identity: believed when it is right, and keeping nobody out when it is wrong."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.app import create_app
from helpcenter.chat.models import Conversation
from helpcenter.storage import db
from helpcenter.support.models import SupportRequest
from helpcenter.web.identity import IdentityRefused, read_identity

KEY, OLD_KEY = "k" * 32, "o" * 40
SITE = "https://help.example.org"
NOW = datetime(2026, 1, 14, 10, 0, tzinfo=UTC)
CLAIMS = {"sub": "customer-17", "aud": SITE, "iat": NOW.timestamp(), "exp": NOW.timestamp() + 600, "email": "ann@example.org", "name": "Ann", "plan": "gold"}


def signed(claims: object, key: str = KEY) -> str:
    """Return *claims* as a signed token."""
    text = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    mac = base64.urlsafe_b64encode(hmac.new(key.encode(), text, hashlib.sha256).digest()).rstrip(b"=")
    return (text + b"." + mac).decode()


def read(token: str, *keys: str) -> dict[str, str]:
    """Return what a token says at ten o'clock."""
    return read_identity(token, keys or (KEY,), audience=SITE, now=NOW)


def test_a_signed_identity_says_who_the_visitor_is():
    assert read(signed(CLAIMS)) == {"sub": "customer-17", "email": "ann@example.org", "name": "Ann", "plan": "gold"}


def test_two_keys_are_active_at_once():
    assert read(signed(CLAIMS, OLD_KEY), KEY, OLD_KEY)["sub"] == "customer-17"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"exp": NOW.timestamp() + 7200}, "exp must be at most 3600 seconds after iat"),
        ({"exp": NOW.timestamp() - 1}, "exp must be"),
        ({"iat": NOW.timestamp() - 2000, "exp": NOW.timestamp() - 100}, "has expired"),
        ({"iat": NOW.timestamp() + 500, "exp": NOW.timestamp() + 900}, "lies in the future"),
        ({"aud": "https://other.example"}, "aud must be https://help.example.org"),
        ({"sub": ""}, "sub must name"),
        ({"sub": 17}, "sub must name"),
        ({"iat": True}, "iat and exp must be numbers"),
        ({"exp": float("nan")}, "iat and exp must be numbers"),
        ({"exp": None}, "iat and exp must be numbers"),
    ],
)
def test_a_token_that_is_not_meant_for_us_now_is_refused_with_its_reason(changed, said):
    with pytest.raises(IdentityRefused, match=said):
        read(signed({**CLAIMS, **changed}))


@pytest.mark.parametrize(
    "token",
    ["", ".", "a.b", signed(CLAIMS, "x" * 32), signed(CLAIMS)[:-1], signed(CLAIMS) + "A", signed(CLAIMS).replace(".", "=."), "é.é", signed(CLAIMS) + "="],
)
def test_what_was_not_signed_with_our_key_is_refused(token):
    with pytest.raises(IdentityRefused, match="signature"):
        read(token)


def test_without_a_key_nobody_is_believed():
    with pytest.raises(IdentityRefused, match="signature"):
        read_identity(signed(CLAIMS, ""), ("",), audience=SITE, now=NOW)


@pytest.mark.parametrize("claims", [[], "x", 3, None])
def test_a_payload_that_is_no_object_is_refused(claims):
    with pytest.raises(IdentityRefused, match="not a JSON object"):
        read(signed(claims))


def test_attributes_are_short_texts_and_few():
    found = read(signed({**CLAIMS, "long": "x" * 900, "Upper": "x", "list": [1], "vip": True, "zero": "a\x00b", **{f"a{n}": "x" for n in range(50)}}))

    assert len(found) == 20
    assert len(found["long"]) == 200 and found["vip"] == "true" and "\x00" not in found["zero"]
    assert "Upper" not in found and "list" not in found and "aud" not in found


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(token):
    with pytest.raises(IdentityRefused):
        read(token)


@pytest.fixture
def shop(published_app, settings, mailer):
    """Return a browser on a site whose shop signs who its customers are."""
    app = create_app(settings.model_copy(update={"identity_keys": (type(settings.secret_key)(KEY),)}), mailer=mailer)
    yield app.test_client()


def claims_now() -> dict:
    """Return claims that hold now, for the address of the tests."""
    now = datetime.now(UTC).timestamp()
    return {**CLAIMS, "aud": "http://127.0.0.1:8000", "iat": now, "exp": now + 600}


def test_a_signed_in_visitor_is_not_asked_for_name_and_address(shop):
    started = shop.post("/api/v1/chat", json={"lang": "en", "identity": signed(claims_now())}).get_json()
    url, headers = f"/api/v1/chat/{started['conversation']}/messages", {"Authorization": f"Bearer {started['token']}"}
    shop.post(url, json={"choice": "person"}, headers=headers)
    said = shop.post(url, json={"text": "My parcel is lost."}, headers=headers).get_json()

    assert started["identity"] == {"accepted": True}
    if said["state"] == "form":
        said = shop.post(url, json={"text": "yes"}, headers=headers).get_json()
    assert said["state"] == "escalated"
    with shop.application.app_context():
        request = db.session.query(SupportRequest).one()
        assert request.email == "ann@example.org" and request.name == "Ann"
        assert request.slots["signed_in_as"] == "customer-17"


def test_an_expired_identity_keeps_nobody_out(shop):
    old = {**claims_now(), "iat": 1000, "exp": 1600}
    answer = shop.post("/api/v1/chat", json={"lang": "en", "identity": signed(old)})

    assert answer.status_code == 201
    assert answer.get_json()["identity"] == {"accepted": False, "reason": "the token has expired"}
    with shop.application.app_context():
        assert db.session.query(Conversation).one().visitor == {}


def test_without_an_identity_nothing_is_said_of_it(shop):
    assert "identity" not in shop.post("/api/v1/chat", json={"lang": "en"}).get_json()


def test_an_address_that_mail_cannot_reach_is_asked_for_as_from_anybody():
    assert "email" not in read(signed({**CLAIMS, "email": "not an address"}))


def test_who_it_is_comes_before_everything_else_and_a_name_is_as_long_as_a_form_takes_one():
    found = read(signed({**{f"a{n}": "x" for n in range(40)}, **CLAIMS, "name": "A" * 500}))

    assert found["sub"] == "customer-17" and found["email"] == "ann@example.org" and len(found["name"]) == 100


def test_a_customer_of_nothing_but_control_characters_is_nobody():
    with pytest.raises(IdentityRefused, match="sub must name"):
        read(signed({**CLAIMS, "sub": "\x00\x07"}))
