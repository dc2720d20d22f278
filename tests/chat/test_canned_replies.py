"""Canned replies of site.yaml: held against the etiquette, each language against the others, with file and line."""

import pytest

from helpcenter.chat.canned_replies import check_canned_replies
from helpcenter.cli.content import checked_problems
from helpcenter.content.site import load_site
from tests.content.folders import write

SITE = """languages: [en, lv, kk]
requests:
  canned_replies:
    restart:
      title: {en: Restart}
      text:
        en: "Hello {{ name }}, hold the button for ten seconds. {{ agent }}"
        lv: "Labdien, {{ name }}! Diemžēl neko nevaram darīt. {{ agent }}"
        kk: "Сәлеметсіз бе! Түймені он секунд басып тұрыңыз. {{ agent }}"
    sorry:
      title: {en: Sorry}
      text:
        en: "Please check the cable, then press the button."
        lv: "Please check the cable, then press the button."
"""


def found(tmp_path, site: str) -> list[tuple[int, str, str]]:
    """Return line, code and message of what is found in *site*."""
    folder = write(tmp_path / "articles", {"site.yaml": site})
    problems = sorted(check_canned_replies(folder, load_site(folder)[0]))
    assert {problem.path for problem in problems} <= {"site.yaml"}
    assert {problem.severity for problem in problems} <= {"warning"}
    return [(problem.line, problem.code, problem.message) for problem in problems]


def test_each_language_is_checked_and_named_with_its_line(tmp_path):
    assert [(line, code) for line, code, _ in found(tmp_path, SITE)] == [
        (8, "NEGATIVE"),
        (9, "missing-variable"),
        (12, "missing-reply"),
        (14, "SAME-TEXT"),
    ]


def test_the_message_says_what_is_lacking_where(tmp_path):
    messages = [message for *_, message in found(tmp_path, SITE)]

    assert "diemžēl" in messages[0]
    assert messages[1] == "requests.canned_replies.restart.text.kk: it lacks {{ name }}, which another language has"
    assert "requests.canned_replies.sorry.text.kk: there is no text" in messages[2]


@pytest.mark.parametrize("text", ["Hello {{ name }}, hold the button.", "{{ site }} {{ agent }} {{ reference }}"])
def test_a_polite_reply_in_every_language_is_fine(tmp_path, text):
    site = f"languages: [en]\nrequests:\n  canned_replies:\n    hi: {{title: {{en: Hi}}, text: {{en: '{text}'}}}}\n"

    assert found(tmp_path, site) == []


def test_the_check_of_the_whole_folder_tells_it(tmp_path):
    folder = write(tmp_path / "articles", {"site.yaml": SITE, "en/a.md": "---\ntitle: A\n---\nText.\n"})

    assert {"NEGATIVE", "missing-reply"} <= {problem.code for problem in checked_problems(folder)[1] if problem.path == "site.yaml"}


def test_a_variable_that_there_is_not_is_an_error_with_its_line(tmp_path):
    folder = write(tmp_path / "articles", {"site.yaml": SITE.replace("{{ agent }}", "{{ password }}", 1)})
    (problem,) = load_site(folder)[1]

    assert problem.severity == "error"
    assert problem.line == 6
    assert "{{ password }} is none of agent, name, reference, site" in problem.message
