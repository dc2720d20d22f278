"""A language nobody prepared us for: one catalogue, one line of site.yaml and a folder, and the help center speaks it."""

from pathlib import Path

import pytest

from helpcenter.language import messages
from helpcenter.mail.outbox import deliver_due
from helpcenter.publishing import publish
from helpcenter.web.services import services
from tests.content.folders import write
from tests.web.test_contact import filled

ESTONIAN = """\
msgid ""
msgstr ""
"Language: et\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "How can we help?"
msgstr "Kuidas saame aidata?"

msgid "Search"
msgstr "Otsi"

#, python-format
msgid "%(num)s article"
msgid_plural "%(num)s articles"
msgstr[0] "%(num)s artikkel"
msgstr[1] "%(num)s artiklit"

#, python-format
msgid "Updated %(day)s"
msgstr "Uuendatud %(day)s"

#, python-format
msgid "We have your request %(reference)s"
msgstr "Saime teie pöördumise %(reference)s"
"""
HEBREW = """\
msgid ""
msgstr ""
"Language: he\\n"
"Plural-Forms: nplurals=3; plural=(n == 1 ? 0 : n == 2 ? 1 : 2);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "How can we help?"
msgstr "איך אפשר לעזור?"

#, python-format
msgid "%(num)s article"
msgid_plural "%(num)s articles"
msgstr[0] "מאמר אחד"
msgstr[1] "שני מאמרים"
msgstr[2] "%(num)s מאמרים"
"""
SITE = """\
name: Nordlys
languages: [en, et, he]
sections:
  - {key: billing, title: {en: Billing, et: Maksed, he: תשלומים}}
"""
FILES = {
    "site.yaml": SITE,
    "et/billing/find-an-invoice.md": "---\nupdated: 2026-11-22\n---\n# Kust leida arve\n\nArved on lehel Minu leht.\n",
    "et/billing/cards.md": "# Kaardiga maksmine\n\nMaksta saab iga kaardiga.\n",
    "he/billing/find-an-invoice.md": "# איפה החשבונית\n\nהחשבוניות נמצאות באזור האישי.\n",
    "he/billing/cards.md": "# תשלום בכרטיס\n\nאפשר לשלם בכל כרטיס.\n",
    "bot/et/billing.yaml": "rules:\n  - intent: invoice\n    examples: [kus on minu arve, otsin arvet]\n    answer: Arve on lehel Minu leht.\n",
}


@pytest.fixture
def newcomer(app, settings, tmp_path, monkeypatch):
    """Return a browser on a help center that also speaks Estonian and Hebrew."""
    shipped = messages.CATALOGUES
    folder = tmp_path / "catalogues"
    folder.mkdir()
    for catalogue in shipped.glob("*.po"):
        (folder / catalogue.name).symlink_to(catalogue)
    (folder / "et.po").write_text(ESTONIAN, encoding="utf-8")
    (folder / "he.po").write_text(HEBREW, encoding="utf-8")
    monkeypatch.setattr(messages, "CATALOGUES", Path(folder))
    messages.translations.cache_clear()
    write(settings.articles, FILES)
    with app.app_context():
        assert not publish(settings.articles, services().index).has_errors
    yield app.test_client()
    messages.translations.cache_clear()


def test_a_region_reads_its_own_catalogue_or_that_of_its_language(newcomer):
    (messages.CATALOGUES / "pt.po").write_text(ESTONIAN.replace("Otsi", "Pesquisar"), encoding="utf-8")
    (messages.CATALOGUES / "et-ee.po").write_text(ESTONIAN.replace("Otsi", "Otsing"), encoding="utf-8")

    assert [messages.gettext(lang, "Search") for lang in ("pt-br", "et-ee", "et", "../et", "")] == ["Pesquisar", "Otsing", "Otsi", "Search", "Search"]


def page_of(client, path: str) -> str:
    """Return the page at *path*."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_pages_speak_it_and_what_is_not_translated_yet_is_english(newcomer):
    home = page_of(newcomer, "/et/")

    assert '<html lang="et" dir="ltr">' in home
    assert "Kuidas saame aidata?" in home and ">Otsi<" in home
    assert "2 artiklit" in home and "Maksed" in home
    assert "Contact us" in home
    assert '<a href="/he/" lang="he" hreflang="he">עברית</a>' in home


def test_dates_and_plurals_are_those_of_the_language(newcomer):
    assert "Uuendatud 22. november 2026" in page_of(newcomer, "/et/articles/find-an-invoice")
    assert "שני מאמרים" in page_of(newcomer, "/he/")


def test_a_language_that_is_read_from_the_right_is(newcomer):
    home = page_of(newcomer, "/he/")

    assert '<html lang="he" dir="rtl">' in home
    assert "איך אפשר לעזור?" in home


@pytest.mark.parametrize(("lang", "query", "title"), [("et", "arved", "Kust leida arve"), ("et", "KAARDIGA", "Kaardiga maksmine"), ("he", "החשבונית", "איפה החשבונית")])
def test_what_is_written_in_it_is_found(newcomer, lang, query, title):
    assert newcomer.get("/api/v1/search", query_string={"q": query, "lang": lang}).json["hits"][0]["title"] == title


def test_the_bot_answers_by_its_rules_and_by_its_articles(newcomer):
    def ask(lang: str, text: str) -> str:
        begun = newcomer.post("/api/v1/chat", json={"lang": lang}).json
        said = newcomer.post(
            f"/api/v1/chat/{begun['conversation']}/messages", json={"text": text}, headers={"Authorization": f"Bearer {begun['token']}"}
        )
        return str(said.json["messages"])

    assert "Minu leht" in ask("et", "kus on arve?")
    assert "איפה החשבונית" in ask("he", "איפה החשבונית")


def test_mail_speaks_it(newcomer, app, mailer):
    assert newcomer.post("/et/contact", data=filled(newcomer, "et")).status_code == 303
    with app.app_context():
        deliver_due(mailer)

    assert "Saime teie pöördumise" in next(str(one.message["Subject"]) for one in mailer.sent if one.recipient == "ann@example.org")
