"""Everything people see exists in every language of the interface."""

import io
import re
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from helpcenter.language import messages
from helpcenter.language.drafting import PLURAL_FORMS, extracted, header, updated
from helpcenter.paths import bundled
from tests.untranslated import untranslated

LANGUAGES = ("lv", "pl", "sv", "kk")
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}|%%")
MARKS = {"lv": "„”", "pl": "„”", "sv": "”", "kk": "«»"}
# The categories of CLDR for whole numbers, in the order in which a catalogue has its forms.
CATEGORIES = {"lv": ("zero", "one", "other"), "pl": ("one", "few", "many"), "sv": ("one", "other"), "kk": ("one", "other")}
# The numbers that tell the languages' rules apart.
TELLING = (0, 1, 2, 5, 10, 11, 12, 20, 21, 22, 25, 30, 100, 101, 111, 112)


@pytest.fixture(scope="module")
def texts() -> Catalog:
    """Return every text in code and templates."""
    return extracted()


@pytest.fixture(params=LANGUAGES)
def catalogue(request) -> Catalog:
    """Return the catalogue of each language."""
    with (messages.CATALOGUES / f"{request.param}.po").open("rb") as source:
        return read_po(source, locale=request.param)


def ids(catalogue: Catalog) -> set:
    """Return what is to be translated, as `read_po` identifies it."""
    return {message.id for message in catalogue if message.id}


def forms(message) -> list[str]:
    """Return the translations of *message*, one for each plural form."""
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


def test_the_languages_are_those_of_the_interface() -> None:
    assert {*messages.interface_languages()} == {*LANGUAGES, messages.SOURCE_LANGUAGE}
    assert {*PLURAL_FORMS} == {*LANGUAGES}


def test_each_catalogue_has_each_text_and_no_other(catalogue: Catalog, texts: Catalog) -> None:
    missing, gone = ids(texts) - ids(catalogue), ids(catalogue) - ids(texts)

    assert not missing, f"`make messages`, then translate: {sorted(map(str, missing))}"
    assert not gone, f"`make messages` removes: {sorted(map(str, gone))}"
    assert not catalogue.obsolete


def test_no_text_waits_for_its_translation(catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.id and (not all(forms(message)) or message.fuzzy)] == []


def test_translations_keep_the_placeholders(catalogue: Catalog) -> None:
    broken = []
    for message in catalogue:
        if message.id:
            wanted = [set(PLACEHOLDER.findall(text)) for text in (message.id if message.pluralizable else [message.id])]
            # The singular may say "one" instead of the number.
            broken += [message.id for text in forms(message) if not wanted[0] <= set(PLACEHOLDER.findall(text)) <= wanted[-1]]

    assert broken == []


def test_translations_keep_space_and_final_mark(catalogue: Catalog) -> None:
    def shape(text: str) -> tuple:
        last = text.strip()[-1:]
        return text[:1].isspace(), text[-1:].isspace(), last if last in ":…?" else ""

    broken = [message.id for message in catalogue if isinstance(message.id, str) and message.id and shape(message.id) != shape(message.string)]

    assert broken == []


def test_quotation_marks_are_those_of_the_language(catalogue: Catalog) -> None:
    foreign = set("„“”«»‚‘") - set(MARKS[str(catalogue.locale)])

    assert [text for message in catalogue if message.id for text in forms(message) if foreign & set(text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plural_forms_follow_cldr(lang: str) -> None:
    catalogue = read_po(io.BytesIO(header(lang).encode()), locale=lang)
    rule = Locale(lang).plural_form
    choose = messages.Translations(io.BytesIO(compiled(catalogue))).plural

    pairs = {(rule(n), choose(n)) for n in range(1000)}

    # Each category has a form of its own, and each form one category.
    assert len(pairs) == len({category for category, _ in pairs}) == len({form for _, form in pairs}) == catalogue.num_plurals


def compiled(catalogue: Catalog) -> bytes:
    """Return *catalogue* as gettext reads it."""
    written = io.BytesIO()
    messages.write_mo(written, catalogue)
    return written.getvalue()


@pytest.mark.parametrize(
    ("lang", "groups"),
    [
        # Latvian 0, 10 to 20, 30 … are one form, and 21 goes with 1: gettext's own rule gets both wrong.
        ("lv", [{0, 10, 11, 12, 20, 30, 100, 111, 112}, {1, 21, 101}, {2, 5, 22, 25}]),
        ("pl", [{1}, {2, 22}, {0, 5, 10, 11, 12, 20, 21, 25, 30, 100, 101, 111, 112}]),
        ("sv", [{1}, {*TELLING} - {1}]),
        ("kk", [{1}, {*TELLING} - {1}]),
    ],
)
def test_the_shipped_catalogue_chooses_the_form_people_use(lang: str, groups: list[set[int]]) -> None:
    choose = messages.translations(lang).plural

    assert [{n for n in TELLING if choose(n) == form} for form in range(len(groups))] == groups


def test_every_plural_says_each_number_in_its_own_form(catalogue: Catalog) -> None:
    lang = str(catalogue.locale)
    category, spoken = Locale(lang).plural_form, messages.translations(lang)
    plurals = [message for message in catalogue if isinstance(message.id, tuple)]

    wrong = [
        (message.id[0], n)
        for message in plurals
        for n in TELLING
        if spoken.ngettext(*message.id, n) != dict(zip(CATEGORIES[lang], message.string, strict=True))[category(n)]
    ]

    assert plurals and wrong == []


@pytest.mark.parametrize("path", sorted(bundled("templates").rglob("*.*")), ids=lambda path: path.relative_to(bundled("templates")).as_posix())
def test_no_template_has_words_that_cannot_be_translated(path: Path) -> None:
    assert list(untranslated(path)) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<h1>Hello</h1>", ["Hello"]),
        ("<p>{{ name }}: unread mail</p>", [": unread mail"]),
        ('<img alt="A parcel">', ["A parcel"]),
        ('<button aria-label="Close"></button>', ["Close"]),
        ("{% trans %}Hello{% endtrans %}{% trans n=3 %}one{% pluralize %}many{% endtrans %}", []),
        ('<h1 class="big">{{ _("Hello") }}</h1><script type="module">let it = 1</script>', []),
        ('<li{% if on %} class="on"{% endif %}>{{ n }} – 24</li>', []),
        ("{% block body_class %}home{% endblock %}{% block title %}Home{% endblock %}", ["Home"]),
    ],
)
def test_the_search_for_such_words_finds_them(tmp_path: Path, source: str, found: list[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text(source)

    assert list(untranslated(path)) == found


@pytest.fixture
def small_texts(tmp_path: Path) -> Catalog:
    """Return the texts of a small tree with every way to mark one."""
    (tmp_path / "code").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "code" / "a.py").write_text('TITLE = _("Marked")\ngettext(lang, "Said in code")\nngettext(lang, "one reply", "%(n)s replies", n)\n')
    (tmp_path / "templates" / "a.html").write_text(
        '{{ _("Short") }}{% trans %}\n  Two\n  lines{% endtrans %}{% trans n=3 %}one vote{% pluralize %}{{ n }} votes{% endtrans %}'
    )
    return extracted(tmp_path / "code", tmp_path / "templates")


def test_every_way_to_mark_a_text_is_found(small_texts: Catalog) -> None:
    found = {"Marked", "Said in code", ("one reply", "%(n)s replies"), "Short", "Two lines", ("one vote", "%(n)s votes")}

    assert ids(small_texts) == found


def test_an_update_keeps_translations_adds_new_texts_and_drops_what_is_gone(small_texts: Catalog) -> None:
    old = header("lv") + '\nmsgid "Short"\nmsgstr "Īss"\n\nmsgid "Gone"\nmsgstr "Prom"\n'

    new = updated("lv", old, small_texts)

    catalogue = read_po(io.BytesIO(new.encode()), locale="lv")
    assert ids(catalogue) == ids(small_texts)
    assert catalogue["Short"].string == "Īss"
    assert not catalogue["Marked"].string
    assert updated("lv", new, small_texts) == new
