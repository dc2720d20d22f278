"""The preview in a real browser: it loads again after a save, in the same place, and does not disturb who types."""

import threading

import pytest
from werkzeug.serving import make_server

from helpcenter.cli import preview as command
from helpcenter.cli.content import checked_problems
from tests.browser.conftest import free_port
from tests.conftest import close
from tests.content.folders import write

pytestmark = pytest.mark.browser

LONG = "".join(f"## Part {n}\n\n{'Words of this part. ' * 30}\n\n" for n in range(30))
ARTICLE = "---\ntitle: Pay by card\ndraft: true\n---\n{}\n\n" + LONG


@pytest.fixture
def previewed(tmp_path):
    """Serve the preview of a folder with one long draft; give its address and what publishes the folder again.

    Tests name it before their page, so that the page is closed first and asks nobody in vain.
    """
    folder = write(tmp_path / "content", {"site.yaml": "languages: [en]\n", "en/pay/card.md": ARTICLE.format("First.")})
    port = free_port()
    app, shown = command.preview_app(folder, tmp_path / "data", host="127.0.0.1", port=port)
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def save(text: str, *, check: bool = False) -> None:
        write(folder, {"en/pay/card.md": text})
        command.publish_preview(app, shown)
        if check:
            shown.checked(checked_problems(folder)[1])

    yield f"http://127.0.0.1:{port}/en/articles/card", save
    server.shutdown()
    server.server_close()
    close(app)


def test_a_save_loads_the_page_again_in_the_same_place(previewed, new_page):
    url, save = previewed
    page = new_page()
    page.goto(url)
    page.evaluate("scrollTo(0, 4000)")
    save(ARTICLE.format("Second."))
    page.get_by_text("Second.").wait_for()

    page.wait_for_function("Math.abs(scrollY - 4000) < 5")
    save("---\ntitle: [\n---\n")
    page.get_by_text("You see its last good version").wait_for()
    assert page.get_by_text("Second.").count() == 1
    assert page.get_by_text("en/pay/card.md:3").count() == 1
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_whoever_types_is_not_disturbed(previewed, new_page):
    url, save = previewed
    page = new_page()
    page.goto(url)
    field = page.get_by_role("combobox").first
    field.fill("half a quest")
    save(ARTICLE.format("Second."))
    page.wait_for_timeout(1500)
    assert field.input_value() == "half a quest"

    field.fill("")
    page.get_by_text("Second.").wait_for()


def test_the_banner_fits_the_smallest_screen(previewed, new_page):
    url, save = previewed
    save("---\ntitle: " + "t" * 70 + "\ndraft: true\nslug: card\ndescription: Short.\n---\n" + "[x](gone" + "-long" * 40 + ".md)\n")
    page = new_page(viewport={"width": 320, "height": 640})
    page.goto(url)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_long_list_of_problems_leaves_room_and_scrolls_by_keyboard(previewed, new_page):
    url, save = previewed
    save(ARTICLE.format("".join(f"[x](gone-{number}.md)\n\n" for number in range(40))), check=True)
    page = new_page(viewport={"width": 320, "height": 640})
    page.goto(url)
    listed = page.get_by_role("region", name="Problems")
    listed.focus()
    page.keyboard.press("End")

    page.wait_for_function("(one) => one.scrollTop > 100", arg=listed.element_handle())
    assert page.get_by_role("complementary", name="Preview").bounding_box()["height"] < 320
