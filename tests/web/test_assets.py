"""Images of the content folder and the theme's colours; nothing else leaves that folder."""

import pytest

from helpcenter.content.assets import asset_version
from helpcenter.web.services import EXTENSION
from helpcenter.web.theme import contrast, readable, stylesheet


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


def test_a_theme_is_a_stylesheet_that_never_changes(client):
    answer = client.get("/theme/ff6600.css")

    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "--accent:" in answer.get_data(as_text=True)


@pytest.mark.parametrize("colour", ["red", "ff66001", "ff6600;}body{display:none", "%0a123456"])
def test_a_theme_takes_nothing_but_a_colour(client, colour):
    assert client.get(f"/theme/{colour}.css").status_code == 404


@pytest.mark.parametrize("accent", ["#ffff00", "#ff6600", "#000000", "#ffffff", "#0b57d0", "#7fffd4", "#800000"])
@pytest.mark.parametrize("surface", ["#ffffff", "#1d232b"])
def test_any_accent_becomes_readable(accent, surface):
    assert contrast(readable(accent, surface), surface) >= 4.5


def test_an_accent_that_is_readable_stays_as_it_is():
    assert readable("#0b57d0", "#ffffff") == "#0b57d0"
    assert "--accent: #0b57d0; --on-accent: #ffffff" in stylesheet("#0b57d0")
