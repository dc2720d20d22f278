"""Mail as bytes, whatever people type into its subject, names and file names."""

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.mail.message import Attachment, compose, header_text, new_message_id, sender_address

EXPECTED = {
    "From", "To", "Subject", "Date", "Message-ID", "Content-Language", "MIME-Version", "Content-Type",
}  # fmt: skip

HOSTILE = [
    "Hi\r\nBcc: victim@example.org",
    "Hi\nBcc: victim@example.org\n\nbody",
    "Hi\rBcc: victim@example.org",
    "=?utf-8?q?hi=0D=0ABcc:_victim@example.org?=",
    "=?utf-8?b?aGkNCkJjYzogdmljdGltQGV4YW1wbGUub3Jn?=",
    "==?utf-8?q?hi=0D=0ABcc:_v@x?=?",
    "=\x00?utf-8?q?=0ABcc:_v@x?=",
    "=\u200b?utf-8?q?=0ABcc:_v@x?=",
    "a\u2028Bcc: v@x\u2029\u0085Bcc: v@x\x0bBcc: v@x\x0cBcc: v@x",
    'name" <eve@example.org>, "x',
    "x, eve@example.org",
    "\ud800 half a pair",
    "\x00\x1b[31m",
    "a" * 5000,
    "ж" * 5000,
    ";filename=evil.html",
]


def composed(**changes) -> bytes:
    """Return a mail that differs from an ordinary one by *changes*."""
    values = {
        "mail_from": "help@nordlys.example",
        "sender_name": "Nordlys",
        "recipient": "ann@example.org",
        "subject": "Your request",
        "text": "Hello\n",
        "html": "<p>Hello</p>",
        "lang": "en",
        "message_id": "<1@nordlys.example>",
        "automatic": False,
    }
    return compose(**{**values, **changes})


def parsed(content: bytes):
    """Return the mail as another program reads it."""
    return message_from_bytes(content, policy=policy.default)


def assert_clean(content: bytes) -> None:
    """Check that a mail has our headers, our recipient and our body, and nothing else."""
    mail = parsed(content)
    old = message_from_bytes(content, policy=policy.compat32)
    assert set(mail.keys()) == set(old.keys()) == EXPECTED
    assert [mail.get_all(name).__len__() for name in EXPECTED] == [1] * len(EXPECTED)
    assert [address.addr_spec for address in mail["To"].addresses] == ["ann@example.org"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["help@nordlys.example"]
    assert mail.get_body(("plain",)).get_content().strip() == "Hello"


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", ["subject", "sender_name"])
def test_no_text_adds_a_header_or_a_body(field, hostile):
    assert_clean(composed(**{field: hostile}))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_file_name_adds_a_header(hostile):
    content = composed(attachments=[Attachment(hostile, b"bytes")])

    assert_clean(content)
    (file,) = parsed(content).iter_attachments()
    assert file.get_content_type() == "application/octet-stream"
    assert file.get_content() == b"bytes"
    assert set(file.keys()) == {"Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "MIME-Version"}


@given(subject=st.text(), name=st.text(), file_name=st.text())
def test_any_text_at_all_leaves_the_headers_alone(subject, name, file_name):
    content = composed(subject=subject, sender_name=name, attachments=[Attachment(file_name, b"")])

    assert_clean(content)


@given(st.text(alphabet="=?utf-8QqbB_\r\n :@x09AD\x00\u200b"))
def test_no_encoded_word_survives_cleaning(text):
    cleaned = header_text(text)

    assert "=?" not in cleaned
    assert "\n" not in cleaned
    assert header_text(cleaned) == cleaned


def test_text_in_any_script_arrives_as_it_was():
    content = composed(subject="Сұраныс: роутер қызыл жанып тұр", text="Сәлеметсіз бе!\nĀčē\n", html="<p>Сәлеметсіз бе!</p>")
    mail = parsed(content)

    assert mail["Subject"] == "Сұраныс: роутер қызыл жанып тұр"
    assert mail.get_body(("plain",)).get_content().splitlines() == ["Сәлеметсіз бе!", "Āčē"]
    assert "Сәлеметсіз бе!" in mail.get_body(("html",)).get_content()
    assert content.isascii(), "not every server on the way takes 8 bits"


def test_half_a_surrogate_pair_does_not_stop_the_mail():
    assert parsed(composed(text="a\ud800b", html="\udfff")).get_body(("plain",)).get_content().strip() == "ab"


def test_automatic_mail_tells_machines_not_to_answer():
    mail = parsed(composed(automatic=True))

    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Precedence"] == "auto_reply"
    assert mail["X-Auto-Response-Suppress"] == "All"


def test_mail_of_a_person_is_not_marked_automatic():
    assert parsed(composed(automatic=False))["Auto-Submitted"] is None


def test_a_later_mail_refers_to_the_earlier_ones():
    mail = parsed(composed(references=["<1@x.example>", "<2@x.example>"]))

    assert mail["In-Reply-To"] == "<2@x.example>"
    assert mail["References"] == "<1@x.example> <2@x.example>"


def test_message_ids_are_never_the_same_twice():
    assert new_message_id("x.example") != new_message_id("x.example")
    assert new_message_id("x.example").endswith("@x.example>")


@pytest.mark.parametrize("setting", ["help@nordlys.example", "Nordlys <help@nordlys.example>"])
def test_the_sender_may_be_set_with_a_name(setting):
    assert sender_address(setting) == "help@nordlys.example"
    assert_clean(composed(mail_from=setting))
