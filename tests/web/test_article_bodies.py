"""What an article needs beyond its text: scripts only where they are used, video players only where site.yaml allows them."""

import re

import pytest

from helpcenter.app import create_app
from helpcenter.publishing import publish
from helpcenter.web.services import services
from tests.conftest import close
from tests.content.folders import write

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 20


@pytest.fixture
def visit(settings, mailer):
    """Return a function that publishes an article with a text and site.yaml's last lines, and gives the browser on it."""
    from helpcenter import storage

    app = create_app(settings, mailer=mailer)
    storage.migrate(app)

    def open_article(markdown, site=""):
        site_file = settings.articles / "site.yaml"
        site_file.write_text(f"{site_file.read_text(encoding='utf-8')}\n{site}", encoding="utf-8")
        write(settings.articles, {"en/body.md": f"# Body\n\n{markdown}\n", "_assets/film.mp4": MP4})
        with app.app_context():
            publish(settings.articles, services().index)
        return app.test_client()

    yield open_article
    close(app)


def scripts(page):
    """Return the names of the scripts a page loads."""
    return set(re.findall(r"/js/(\w+)\.js", page))


@pytest.mark.parametrize(
    ("markdown", "wanted"),
    [
        ("Text", set()),
        (":::tabs\n:::tab A\na\n:::", {"tabs"}),
        ("```\nx\n```", {"copy"}),
        ("https://vimeo.com/76979871", {"video"}),
        ("[x](../_assets/film.mp4)", set()),
    ],
)
def test_the_widget_loads_only_what_an_article_uses_and_a_page_one_script(visit, markdown, wanted):
    client = visit(markdown)

    assert scripts(client.get("/en/articles/body").text) == {"site"}
    assert scripts(client.get("/widget/v1/panel/articles/body?lang=en").text) & {"tabs", "copy", "video"} == wanted


@pytest.mark.parametrize(
    ("hosts", "frames"),
    [
        ("", "'self'"),
        ("video_hosts: [youtube.com]", "'self' https://www.youtube-nocookie.com"),
        ("video_hosts: [vimeo.com, youtube.com]", "'self' https://player.vimeo.com https://www.youtube-nocookie.com"),
    ],
)
def test_a_player_may_be_framed_on_articles_only_where_the_site_says_so(visit, hosts, frames):
    client = visit("https://youtu.be/dQw4w9WgXcQ", hosts)
    policy = client.get("/en/articles/body").headers["Content-Security-Policy"]

    assert f"frame-src {frames};" in policy
    assert f"frame-src {frames};" in client.get("/widget/v1/panel/articles/body?lang=en").headers["Content-Security-Policy"]
    assert "frame-src 'self';" in client.get("/en/").headers["Content-Security-Policy"]


def test_a_video_is_served_in_parts_under_a_name_that_may_be_kept(visit):
    client = visit("[Film](../_assets/film.mp4)")
    address = re.search(r'<video [^>]*src="([^"]+)"', client.get("/en/articles/body").text).group(1)
    answer = client.get(address, headers={"Range": "bytes=4-7"})

    assert (answer.status_code, answer.data, answer.mimetype) == (206, b"ftyp", "video/mp4")
    assert "immutable" in answer.headers["Cache-Control"]
    answer.close()


def test_a_site_that_no_player_is_known_for_is_a_mistake(tmp_path):
    from helpcenter.content.site import load_site

    write(tmp_path, {"site.yaml": "video_hosts: [tube.example]\n", "en/a.md": "x"})

    assert "youtube.com" in str(load_site(tmp_path)[1][0])
