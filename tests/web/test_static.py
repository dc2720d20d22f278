"""Static files on the wire: compressed once, named by what they hold, in parts when asked."""

import gzip
import re

import pytest

from helpcenter.paths import bundled
from helpcenter.web.static import JOINED

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
NAMES = ("css/site.css", "css/widget.css", "js/site.js", "js/panel.js", "js/chat.js", "img/icons.svg")


@pytest.fixture
def address(app):
    """Return a function that says where a static file is."""
    return lambda name: f"/static/{app.config['STATIC_VERSION']}/{name}"


@pytest.mark.parametrize("name", NAMES)
def test_who_takes_gzip_gets_it_and_others_the_same_file_plain(client, address, name):
    small = client.get(address(name), headers=GZIP)
    plain = client.get(address(name))

    assert small.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(small.data) == plain.data
    assert small.content_length == len(small.data) < 0.5 * len(plain.data)
    assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert small.headers["ETag"] != plain.headers["ETag"] and not small.headers["ETag"].startswith("W/")
    assert small.content_type == plain.content_type


@pytest.mark.parametrize("refusal", ["gzip;q=0", "identity", "br", ""])
def test_nobody_gets_what_they_refuse(client, address, refusal):
    assert "Content-Encoding" not in client.get(address("css/site.css"), headers={"Accept-Encoding": refusal}).headers


@pytest.mark.parametrize("headers", [{}, GZIP])
def test_what_is_held_already_is_not_sent_again(client, address, headers):
    tag = client.get(address("js/site.js"), headers=headers).headers["ETag"]
    again = client.get(address("js/site.js"), headers={**headers, "If-None-Match": tag})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert "immutable" in again.headers["Cache-Control"] and again.headers["Vary"] == "Accept-Encoding"
    assert client.get(address("js/site.js"), headers={**headers, "If-None-Match": '"other"'}).status_code == 200


def test_a_part_is_a_part_of_the_plain_file(client, address):
    part = client.get(address("css/site.css"), headers={**GZIP, "Range": "bytes=10-19"})
    beyond = client.get(address("css/site.css"), headers={"Range": "bytes=9999999-"})

    whole = (bundled("static") / "css" / "site.css").read_bytes()
    assert (part.status_code, part.data) == (206, whole[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}" and "Content-Encoding" not in part.headers
    assert beyond.status_code == 416


@pytest.mark.parametrize("headers", [{}, GZIP])
def test_a_head_says_what_a_get_would_send(client, address, headers):
    got, asked = client.get(address("js/site.js"), headers=headers), client.head(address("js/site.js"), headers=headers)

    assert asked.data == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Cache-Control", "Vary"):
        assert asked.headers[name] == got.headers[name]


@pytest.mark.parametrize("name", [name for name in JOINED if name.endswith(".js")])
def test_joined_scripts_stand_in_braces_and_import_nothing(name):
    for part in JOINED[name]:
        source = (bundled("static") / part).read_text(encoding="utf-8")
        assert not re.search(r"^\s*(import|export)\b", source, re.MULTILINE), part


def test_a_file_that_is_not_there_is_not_found(client, address):
    assert client.get(address("js/nothing.js")).status_code == 404
