"""Slugs are ASCII, short, and stay what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.content.slugs import MAX_SLUG, is_slug, section_key, slug_of


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Pay by Card", "pay-by-card"),
        ("Rēķini un maksājumi", "rekini-un-maksajumi"),
        ("Źdźbło łąka", "zdzblo-laka"),
        ("Återställ lösenord", "aterstall-losenord"),
        ("Құпиясөзді ауыстыру", "qupiyasozdi-auystyru"),
        ("Ёжик й", "ezhik-y"),
        ("a" * 200, "a" * 80),
        ("book_named-resource-PO", "book-named-resource-po"),
        ("ﬁle", "file"),
        ("Straße", "strasse"),
    ],
)
def test_text_becomes_a_slug(text, slug):
    assert slug_of(text) == slug


def test_text_without_letters_for_it_gets_a_name_of_its_own():
    assert slug_of("日本語").startswith("a-")
    assert slug_of("日本語") != slug_of("中文")


@given(st.text())
def test_every_text_becomes_a_slug_that_stays(text):
    slug = slug_of(text)

    assert is_slug(slug)
    assert len(slug) <= MAX_SLUG
    assert slug_of(slug) == slug


def test_a_section_key_keeps_its_folders():
    assert section_key("Guides/First Steps/") == "guides/first-steps"
