"""`helpcenter new`: articles, translations, sections and chat rules that begin from a template."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
import yaml
from pydantic import ValidationError

from helpcenter.chat.rules import load_rules
from helpcenter.chat.schema import BotFile
from helpcenter.cli.refusal import Refusal
from helpcenter.content.accepting import read_articles
from helpcenter.content.new_files import NewFile, NotMade, new_article, new_section, new_translation, write_changed, write_new
from helpcenter.content.problems import nearest
from helpcenter.content.site import Site, load_site
from helpcenter.content.slugs import section_key, slug_of
from helpcenter.language.cleaning import TextRefused, clean_text
from helpcenter.settings import load_settings

LONGEST_TITLE = 300
Made = TypeVar("Made")
TO = click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="The content folder; that of the settings without it."
)
LANG = click.option("--lang", help="The language; the site's first without it.")


@click.group(short_help="Begin an article, a translation, a section or a chat rule.")
def new() -> None:
    """Begin a file from a template. Nothing that exists is overwritten.

    \b
    Examples:
      helpcenter new article "Pay by card" --section payments
      helpcenter new translation lv payments/pay-by-card
      helpcenter new section payments/cards "Cards"
      helpcenter new rule invoice.copy "A copy of an invoice" --article payments/find-an-invoice
    """


@new.command(short_help="Begin an article.")
@click.argument("title")
@click.option("--section", default="", metavar="KEY", help="The section it belongs to.")
@click.option("--slug", default="", help="Its name in its address; made from the title without it.")
@LANG
@TO
def article(title: str, section: str, slug: str, lang: str | None, folder: Path | None) -> None:
    """Make the draft of an article with TITLE. Its name in the address is the title in Latin letters.

    \b
    Examples:
      helpcenter new article "Pay by card" --section payments
      helpcenter new article "Құпия сөзді өзгерту" --lang kk --section account
    """
    root, site = opened(folder)
    lang = known_language(site, lang)
    known = [one.key for one in site.sections]
    made = attempt(lambda: new_article(root, site, one_line(title), lang=lang, section=section, slug=slug))
    finish(root, made)
    if section and section_key(section) not in known:
        click.echo(f"site.yaml has no section {section_key(section)}.{nearest(section_key(section), known)} See `helpcenter new section --help`.")


@new.command(short_help="Begin a translation of an article.")
@click.argument("lang")
@click.argument("key")
@TO
def translation(lang: str, key: str, folder: Path | None) -> None:
    """Make the draft of the translation of KEY into LANG: a copy of its source that knows which text it was made from.

    \b
    Example:
      helpcenter new translation lv payments/pay-by-card
    """
    root, site = opened(folder)
    known_language(site, lang)
    finish(root, attempt(lambda: new_translation(root, site, lang, key.removesuffix(".md").strip("/"))))


@new.command(short_help="Add a section to site.yaml.")
@click.argument("key")
@click.argument("title")
@LANG
@TO
def section(key: str, title: str, lang: str | None, folder: Path | None) -> None:
    """Add the section KEY with TITLE at the end of the list in site.yaml; the rest of that file stays as it is.

    \b
    Examples:
      helpcenter new section travel "On the way"
      helpcenter new section payments/cards Kartes --lang lv
    """
    root, site = opened(folder)
    made = attempt(lambda: new_section(root, site, key, one_line(title), lang=known_language(site, lang)))
    attempt(lambda: write_changed(root, made))
    say(made)


@new.command(short_help="Begin a rule of the chat, with its test.")
@click.argument("intent")
@click.argument("title")
@click.option("--example", "examples", multiple=True, help="How people say it; may be given again. Five or more are good.")
@click.option("--answer", default="", help="What the bot answers.")
@click.option("--article", "key", default="", metavar="KEY", help="The article that it answers with.")
@LANG
@TO
def rule(intent: str, title: str, examples: tuple[str, ...], answer: str, key: str, lang: str | None, folder: Path | None) -> None:
    """Make a rule of the chat for INTENT, such as invoice.copy; TITLE are its words on a button. A test comes with it.

    A rule is answered as soon as it is published, so it needs an answer, an article or both.

    \b
    Examples:
      helpcenter new rule invoice.copy "A copy of an invoice" --article payments/find-an-invoice
      helpcenter new rule parcel.late "My parcel is late" --example "where is my parcel" --answer "We look for it."
    """
    root, site = opened(folder)
    lang = known_language(site, lang)
    articles = read_articles(root, site)
    if not answer and not key:
        raise Refusal("A rule is answered as soon as it is published: say what with --answer TEXT or --article KEY.")
    if key and key not in articles:
        raise Refusal(f"There is no article {key}.{nearest(key, articles)}")
    rules, _problems = load_rules(root / "bot", site.languages, article_keys=set(articles))
    if intent in rules.of(lang).rules:
        raise Refusal(f"There is a rule {intent} in {lang} already.")
    said = list(dict.fromkeys(one_line(text) for text in (title, *examples)))
    answers = ([one_line(answer)] if answer else []) + ([{"article": key}] if key else [])
    files = rule_files(lang, intent, said, answers)
    for file in files:
        if (root / file.path).exists():
            raise Refusal(f"{file.path} is there already; nothing was changed.")
    for file in files:
        finish(root, file)
    click.echo("Add examples as people write them, five or more; `helpcenter check` plays the test.")


def rule_files(lang: str, intent: str, said: list[str], answers: list[object]) -> list[NewFile]:
    """Return the file of a rule, and that of a conversation in which each of its examples is said. Raises Refusal."""
    content = {"rules": [{"intent": intent, "title": said[0], "examples": said, "answer": answers}]}
    try:
        BotFile.model_validate(content)
    except ValidationError as error:
        mistake = error.errors(include_url=False)[0]
        raise Refusal(f"{mistake['loc'][-1]}: {mistake['msg'].removeprefix('Value error, ')}") from error
    tests = [{"conversation": said[0], "turns": [{"say": text, "rule": intent} for text in said]}]
    files = {f"bot/{lang}/{slug_of(intent)}.yaml": content, f"tests/conversations/{lang}/{slug_of(intent)}.yaml": tests}
    return [NewFile(path, yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1000)) for path, value in files.items()]


def opened(folder: Path | None) -> tuple[Path, Site]:
    """Return the content folder with symbolic links resolved, and its site. Raises FolderRefused."""
    folder = folder or load_settings().articles
    site, _problems = load_site(folder)
    return folder.resolve(), site


def known_language(site: Site, lang: str | None) -> str:
    """Return *lang*, or the site's first language. Raises Refusal for one that the site has not."""
    if lang is not None and lang not in site.languages:
        raise Refusal(f"The site has no language {lang!r}; it has {', '.join(site.languages)}.")
    return lang or site.default_language


def one_line(text: str) -> str:
    """Return what was typed as one clean line. Raises Refusal when nothing is left, or too much."""
    try:
        cleaned = clean_text(text, limit=LONGEST_TITLE, lines=False)
    except TextRefused as error:
        raise Refusal(f"This text cannot be used: {error}") from error
    if not cleaned:
        raise Refusal("There is no text; put it in quotes.")
    return cleaned


def attempt(make: Callable[[], Made]) -> Made:
    """Return what *make* makes; why it cannot is one line."""
    try:
        return make()
    except NotMade as error:
        raise Refusal(str(error)) from error


def finish(root: Path, made: NewFile) -> None:
    """Write the new file, and say what is to be done with it."""
    attempt(lambda: write_new(root, made))
    say(made)


def say(made: NewFile) -> None:
    """Print where the file is, and what an editor should know of it."""
    click.echo(made.path)
    for note in made.notes:
        click.echo(note)
