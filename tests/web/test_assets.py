"""Images of the content folder and the theme's colours; nothing else leaves that folder."""

import re

import pytest

from helpcenter.content.assets import asset_version
from helpcenter.content.colours import DARK, LIGHT, contrast, is_readable, readable
from helpcenter.web.services import EXTENSION
from helpcenter.web.theme import Looks, stylesheet


def folder_of(app):
    """Return the content folder of *app*."""
    return app.extensions[EXTENSION].content_folder


def get(client, path: str):
    """Return the answer to a request for *path*, read to its end so that its file is closed."""
    return client.get(path, buffered=True)


def test_an_image_is_served_and_cannot_act(client):
    answer = get(client, "/assets/router.svg")

    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"] and "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_image_asked_for_by_its_version_is_kept_for_ever(published_app, client):
    version = asset_version(folder_of(published_app) / "_assets" / "router.svg")

    assert "immutable" in get(client, f"/assets/router.svg?v={version}").headers["Cache-Control"]
    assert "immutable" not in get(client, "/assets/router.svg?v=00000000").headers["Cache-Control"]
    assert "immutable" not in get(client, "/assets/router.svg").headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    ["../site.yaml", "..%2fsite.yaml", "%2e%2e/site.yaml", "....//site.yaml", "site.yaml", "en/payments/find-an-invoice.md", "nothing.svg", "router.svg%00.png", "/etc/passwd"],
)
def test_nothing_but_images_inside_the_folder_is_served(client, path):
    assert get(client, f"/assets/{path}").status_code in (308, 404)


def test_a_link_that_leads_out_is_not_followed(published_app, client, tmp_path):
    outside = tmp_path / "outside.svg"
    outside.write_text("<svg/>")
    (folder_of(published_app) / "_assets" / "way-out.svg").symlink_to(outside)

    assert get(client, "/assets/way-out.svg").status_code == 404


@pytest.mark.parametrize("name", ["page.html", "script.js", "page.svg.html"])
def test_a_file_of_another_kind_is_not_served(published_app, client, name):
    (folder_of(published_app) / "_assets" / name).write_text("<script>alert(1)</script>")

    assert get(client, f"/assets/{name}").status_code == 404


def look_like(published_app, client, theme: str) -> str:
    """Publish *theme*; return the address of the stylesheet of the home page."""
    site = folder_of(published_app) / "site.yaml"
    site.write_text(re.sub(r"(?m)^theme:.*\n?", "", site.read_text()) + f"\ntheme: {theme}\n")
    with published_app.app_context():
        assert not published_app.extensions[EXTENSION].publish().has_errors
    [address] = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get("/en/").get_data(as_text=True))
    return address


def test_a_theme_is_one_stylesheet_with_ours_that_may_be_kept_for_ever(published_app, client):
    address = look_like(published_app, client, '{accent: "#ff6600", font: "Source Sans 3, Georgia", radius: 6}')
    answer = client.get(address)
    css = answer.get_data(as_text=True)

    assert answer.mimetype == "text/css" and "immutable" in answer.headers["Cache-Control"]
    assert "--font: Source Sans 3, Georgia, system-ui, sans-serif; --radius: 6px; --radius-small: 4px; --accent: #" in css
    assert ".skip {" in css and css.index(".skip {") < css.index("--font: Source Sans 3")
    assert client.get(address, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"


def test_another_theme_has_another_address_and_the_old_one_is_not_kept(published_app, client):
    old = look_like(published_app, client, "{radius: 0}")
    new = look_like(published_app, client, "{radius: 4}")

    assert old != new
    assert client.get(old).headers["Cache-Control"] == "no-cache"
    assert "--radius: 4px" in client.get(old.replace("site.css", "widget.css")).get_data(as_text=True)


def test_the_shipped_looks_need_no_stylesheet_of_their_own(published_app, client):
    assert look_like(published_app, client, '{accent: "#0b57d0"}').startswith("/static/")
    assert client.get("/theme/0123456789/site.css").status_code == 404


@pytest.mark.parametrize("accent", ["#ffff00", "#ff6600", "#000000", "#ffffff", "#0b57d0", "#7fffd4", "#800000", "#808080"])
@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_any_accent_becomes_readable_also_on_its_tint(accent, scheme):
    assert is_readable(readable(accent, scheme), scheme)


@pytest.mark.parametrize("accent", ["#ffff00", "#ff6600", "#0b57d0", "#808080"])
def test_what_stands_on_a_button_can_be_read(accent):
    css = stylesheet(Looks((readable(accent, LIGHT), readable(accent, DARK)), None, None))

    pairs = re.findall(r"--accent: (\S+); --on-accent: (\S+);", css)
    assert len(pairs) == 2 and all(contrast(*pair) >= 4.5 for pair in pairs)


def test_an_accent_that_is_readable_stays_as_it_is():
    assert readable("#0b57d0", LIGHT) == "#0b57d0"


@pytest.mark.parametrize("accent", ["#ffff00", "#ff6600", "#0b57d0", "#808080"])
def test_white_can_be_read_on_the_sky_of_any_accent(accent):
    css = stylesheet(Looks((readable(accent, LIGHT), readable(accent, DARK)), None, None))

    sky = re.findall(r"--(?:night|dusk|dawn|glow[a-z-]*): (#\w+);", css)
    assert len(sky) == 6
    assert min(contrast("#ffffff", colour) for colour in sky) >= 4.5
