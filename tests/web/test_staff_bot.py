"""The staff try the rules as they are saved: beside the published ones, with reasons, and without a trace in the database."""

import html
import re

import pytest
from sqlalchemy import func, select

from helpcenter.accounts.staff import add_staff
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.publishing import publish
from helpcenter.storage import db, writing
from helpcenter.support.models import SupportRequest
from helpcenter.web import drafts
from helpcenter.web.services import services
from tests.web.test_staff import PASSWORD, PEOPLE, SAME_SITE, csrf_token, send, signed_in

PAGE = "/staff/bot/"
RULES = """
rules:
  - intent: router.light
    examples: [the router blinks red, red light on my router, my box blinks, what does the red light mean, router lamp is red]
    answer: Hold the button.
    choices: [{label: It still blinks, flow: complain}]
  - intent: invoice.copy
    examples: [copy of my invoice, send the invoice again, i need my bill, where is my invoice, print an invoice]
    answer: {open: We are here., closed: We are closed.}
  - intent: gold.desk
    examples: [where is my personal desk, i want my own adviser, the gold desk please, call my adviser, gold hotline]
    when: {visitor: {plan: gold}}
    answer: Your adviser is Eve.
  - intent: talk.bye
    examples: [bye bye now, that was all, i am leaving, farewell then, see you soon]
    small_talk: true
    end: left
    answer: Farewell!
flows:
  - flow: complain
    form: [{slot: email, type: email, ask: Which address?}]
    then: {request: {kind: complaint, subject: The light, urgent: true}, answer: Passed on.}
"""
TESTS = "- conversation: a red light\n  turns: [{say: the router blinks red, rule: router.light, text: Hold}]\n"


@pytest.fixture
def folder(published_app, settings):
    """Return the content folder of a help center whose rules and their test are published; Gus, Ed and Ada work there."""
    root = settings.articles
    (root / "bot/en/invoices.yaml").unlink()
    write(root / "bot/en/home.yaml", RULES)
    write(root / "tests/conversations/en/home.yaml", TESTS)
    with published_app.app_context():
        publish(root, services().index)
        with writing() as session:
            for email, role in PEOPLE.items():
                add_staff(session, email=email, name=email.partition("@")[0].title(), role=role, password=PASSWORD)
    return root


@pytest.fixture
def browser(published_app, folder):
    """Return the browser of an agent who has signed in."""
    return signed_in(published_app)


def write(path, text: str) -> None:
    """Write a file of the content folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change(folder, old: str, new: str) -> None:
    """Save the rules with *new* for *old*."""
    assert old in RULES
    write(folder / "bot/en/home.yaml", RULES.replace(old, new))


def state_of(page: str) -> str:
    """Return what the page's form carries."""
    return re.search(r'name="state" value="([^"]*)"', page)[1]


def say(browser, page: str = "", **fields) -> str:
    """Return the page after sending its form with *fields*."""
    answer = send(browser, PAGE, state=state_of(page or browser.get(PAGE).text), **fields)
    assert answer.status_code == 200
    return answer.text


def test_staff_talk_with_the_saved_rules_and_read_why(browser):
    page = say(browser, text="the router blinks red", lang="en")

    assert "Hold the button." in page
    assert "answered by rule router.light (bot/en/home.yaml:3)" in page
    assert "matched words, and how much each speaks for it: " in page
    assert "best rule router.light: score " in page
    assert page.count("The published rules answer the same.") == 2
    assert "The saved rules are published." in page
    assert page.count('id="last"') == 1
    assert 'href="/staff/bot/"' in browser.get("/staff/library").text


def test_a_saved_file_meets_the_whole_conversation_and_is_compared_with_what_is_published(browser, folder):
    page = say(browser, text="the router blinks red")
    change(folder, "Hold the button.", "Press it twice.")
    again = say(browser, page, do="again")

    assert "Press it twice." in again
    assert "The published rules answer:" in again and "Hold the button." in again
    assert re.search(r"<dt>Changed</dt><dd>.*router\.light", again)
    assert "Press it twice." not in browser.get("/en/chat").text


def test_new_removed_and_other_parts_are_named(browser, folder):
    change(folder, "intent: talk.bye", "intent: talk.farewell")
    with (folder / "bot/en/home.yaml").open("a", encoding="utf-8") as file:
        file.write("welcome: {answer: Good day.}\n")
    page = say(browser)

    assert re.search(r"<dt>New</dt><dd>.*talk\.farewell", page)
    assert re.search(r"<dt>Removed</dt><dd>.*talk\.bye", page)
    assert re.search(r"<dt>Other parts</dt><dd>.*welcome", page)
    assert "Good day." in page


def test_a_form_ends_in_words_and_opens_no_request(browser, published_app):
    page = say(browser, text="the router blinks red")
    page = say(browser, page, choice="flow:complain")
    assert "It still blinks</div>" in page
    page = say(browser, page, text="ann@example.org")
    if "Would open" not in page:
        page = say(browser, page, text="yes")

    assert "Would open a request of the kind “Complaint” with the subject “The light” for ann@example.org. It would be urgent." in html.unescape(page)
    assert "Would end the conversation." in say(browser, text="bye bye now")
    with published_app.app_context():
        for model in (SupportRequest, Conversation, ChatMessage):
            assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_hours_place_and_attributes_are_those_of_the_form(browser):
    asked = {"text": "copy of my invoice"}
    assert "We are here." in say(browser, hours="open", **asked)
    assert "We are closed." in say(browser, hours="closed", **asked)
    wish = {"text": "the gold desk please", "attributes": "plan=gold"}
    assert "Your adviser is Eve." in say(browser, signed_in="1", **wish)
    assert "Your adviser is Eve." not in say(browser, **wish)
    assert "There is no published article with this key." in say(browser, place="no/such-article")
    assert "There is no published article with this key." not in say(browser, place="internet/restart-the-router")
    assert "Not read as name=value: Plan gold" in say(browser, attributes="Plan gold")


def test_a_rule_for_a_page_is_raised_there(browser, folder):
    change(folder, "    answer: Hold the button.", "    when: {article: internet/restart-the-router}\n    answer: Hold the button.")

    assert "raised here" in say(browser, text="the router blinks red", place="internet/restart-the-router")
    assert "raised here" not in say(browser, text="the router blinks red")


def test_the_conversation_tests_run_on_demand_and_name_their_failures(browser, folder):
    assert "1 conversation in" not in say(browser)
    assert "All answer as wanted." in say(browser, do="tests")
    change(folder, "Hold the button.", "Press it twice.")
    page = html.unescape(say(browser, do="tests"))

    assert "tests/conversations/en/home.yaml:2" in page
    assert "wanted text “Hold”" in page


def test_a_broken_file_is_named_and_the_rest_answers(browser, folder):
    write(folder / "bot/en/broken.yaml", "rules:\n  - intent: x\n    exmaples: [a]\n")
    write(folder / "bot/en/worse.yaml", "rules: [\x01")
    page = say(browser, text="the router blinks red")

    assert "bot/en/broken.yaml:3" in page
    assert "bot/en/worse.yaml:1" in page
    assert "Hold the button." in page


def test_without_a_folder_of_rules_the_articles_answer(browser, folder):
    (folder / "bot").rename(folder / "no-bot")
    page = say(browser, text="how do i restart the router")

    assert "The content folder has no folder bot, so there are no rules." in page
    assert "Restart the router" in page
    assert browser.get("/staff/bot/report?lang=en").status_code == 200


def test_a_language_without_rules_says_so(browser):
    assert "There are no rules in this language; the bot answers from the articles." in say(browser, lang="lv", text="rēķins")
    assert "No rules are published in this language." not in say(browser, lang="lv")


def test_no_revision_is_learned_twice(browser, folder, published_app, monkeypatch):
    learned = []

    def learn(sources, lang, *others):
        learned.append(lang)
        return original(sources, lang, *others)

    from helpcenter.chat import matcher

    original = matcher.learn
    monkeypatch.setattr(matcher, "learn", learn)
    say(browser, text="the router blinks red")
    assert learned == []
    change(folder, "print an invoice", "print my invoice")
    say(browser, text="the router blinks red")
    say(browser, text="copy of my invoice")
    (folder / "bot/en/home.yaml").write_text("# A remark moves every line.\n" + (folder / "bot/en/home.yaml").read_text())
    assert "bot/en/home.yaml:4" in say(browser, text="the router blinks red")

    assert learned == ["en"]


def test_only_so_many_revisions_are_kept():
    kept = drafts.Kept(most=2)
    for name in "abc":
        kept.get(name, name.upper)

    assert list(kept.values) == ["b", "c"]
    assert kept.get("d", lambda: 1, keep=lambda value: False) == 1
    assert "d" not in kept.values


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 * 7 }} {name}", "\u202eevil", "a" * 9_999, "🦊" * 500, "%s %(x)s"])
def test_hostile_text_is_text_in_every_field(browser, text):
    answer = send(browser, PAGE, state=state_of(browser.get(PAGE).text), text=text, place=text, attributes=text, lang=text, hours=text, do=text, choice="")

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "49" not in re.sub(r'value="[^"]*"|\d\.\d+|[0-9a-f]{12}', "", answer.text)
    chosen = send(browser, PAGE, state=state_of(browser.get(PAGE).text), choice=text)
    assert chosen.status_code == 200
    assert "<script>alert" not in chosen.text


def test_hostile_names_in_files_are_text(browser, folder):
    write(folder / "bot/en/bad.yaml", "rules:\n  - intent: <img src=x>\n    '<b>key</b>': 1\n    answer: '<i>x</i>'\n")
    page = say(browser, do="tests")

    assert "<img src=x>" not in page and "<b>key" not in page
    assert "&lt;b&gt;key" in page or "&lt;img" in page


@pytest.mark.parametrize("state", ["", "forged", "x" * 130_000, "W10.aaaa.bbbb", "🦊"])
def test_a_state_that_is_not_ours_starts_over(browser, state):
    page = send(browser, PAGE, state=state, text="the router blinks red").text

    assert "The conversation could not be read, so it starts over." in page
    assert "Hold the button." in page


def test_an_old_state_and_one_signed_for_another_purpose_start_over(browser, published_app, monkeypatch):
    page = say(browser, text="the router blinks red")
    with published_app.app_context():
        other = services().sign("chat-page").dumps([["the router blinks red", None]])
    monkeypatch.setattr("helpcenter.web.staff_bot.LIFETIME_SECONDS", -1)

    for state in (state_of(page), other):
        assert "it starts over" in send(browser, PAGE, state=state).text


def test_a_very_long_message_and_a_very_long_conversation_are_refused_with_words(browser):
    page = say(browser, text="x" * 10_001)
    assert "This message is too long, so it was not sent." in page
    for _ in range(30):
        page = say(browser, page, text="bye bye now")
    page = say(browser, page, text="once more")

    assert "The conversation has become too long. Start over to go on." in page
    assert 'value="once more"' in page
    assert page.count('class="message visitor"') == 30
    assert 'class="message visitor"' not in say(browser, page, do="restart")


def test_slow_patterns_are_refused_or_linear(browser, folder):
    change(folder, "    answer: Hold the button.", "    patterns: ['(a+)+$', '(?=x)']\n    answer: Hold the button.")
    page = say(browser, text="a" * 9_000 + "!")

    assert "bot/en/home.yaml:" in page and "BAD-VALUE" in page
    change(folder, "    answer: Hold the button.", "    patterns: ['(a+)+$']\n    answer: Hold the button.")
    assert "Hold the button." not in say(browser, text="a" * 9_000 + "!").partition('class="message visitor"')[2]


def test_only_staff_of_this_very_session_get_in(published_app, folder):
    browser = signed_in(published_app)
    token = csrf_token(browser)

    assert browser.post(PAGE, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post(PAGE, data={}, headers=SAME_SITE).status_code == 403
    stranger = published_app.test_client()
    assert stranger.post(PAGE, data={"csrf_token": token}, headers=SAME_SITE).status_code == 403
    for address in (PAGE, "/staff/bot/report?lang=en"):
        answer = stranger.get(address)
        assert (answer.status_code, answer.location) == (303, "/staff/sign-in")
    for email in PEOPLE:
        answer = signed_in(published_app, email).get(PAGE)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")


def test_the_report_names_pairs_with_words_that_set_them_apart(browser, folder):
    write(
        folder / "bot/en/pairs.yaml",
        """
rules:
  - intent: returns
    examples: [return my shirt, return the dress, send back my dress, return a jacket, send back the jacket, return a dress, start over]
    answer: Which?
  - intent: exchange
    examples: [i want another size, swap it for a larger one, too small for me, return my jacket, send back my shirt]
    answer: Which?
""",
    )
    assert "<table" not in browser.get("/staff/bot/report").text
    page = html.unescape(browser.get("/staff/bot/report?lang=en").text)

    row = re.search(r"<tr><th scope=\"row\"><bdi class=\"reference\">exchange</bdi>.*?</tr>", page)[0]
    assert ">returns<" in row and "<td>2</td>" in row and "“return my jacket”" in row
    assert "bot/en/pairs.yaml:6" in row
    assert "“start over” starts the conversation over before any rule" in page
    assert re.search(r"no conversation test reaches.*invoice\.copy", page, re.S)
    assert browser.get("/staff/bot/report?lang=<b>").status_code == 200
