"""Answers to the fields of the contact form: each type takes what people write, and nothing else."""

import pytest

from helpcenter.content.site import Site
from helpcenter.support.fields import checked_answers, in_words

FIELDS = {
    "order": {"label": {"en": "Order number", "lv": "Pasūtījuma numurs"}, "required": True, "kinds": ["problem"]},
    "place": {"label": {"en": "Where"}, "type": "choice", "choices": {"home": {"en": "At home", "lv": "Mājās"}, "work": {"en": "At work"}}},
    "since": {"label": {"en": "Since"}, "type": "date"},
    "other_email": {"label": {"en": "Other e-mail"}, "type": "email"},
    "phone": {"label": {"en": "Telephone"}, "type": "phone", "required": True, "kinds": ["call_back"]},
}


@pytest.fixture
def site() -> Site:
    """Return a site with a field of every type."""
    return Site.model_validate({"languages": ["en", "lv"], "requests": {"fields": FIELDS}})


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("order", " A-1\u202e7 ", "A-17"),
        ("place", "work", "work"),
        ("since", "2026-02-28", "2026-02-28"),
        ("since", "28.2.2026", "2026-02-28"),
        ("other_email", "bob@example.org", "bob@example.org"),
        ("since", "", None),
    ],
)
def test_an_answer_is_kept_as_one_writes_it(site, name, typed, kept):
    answers, wrong = checked_answers(site, "problem", {"order": "1", name: typed})

    assert not wrong
    assert answers.get(name) == kept


@pytest.mark.parametrize(
    ("kind", "name", "typed", "reason"),
    [
        ("problem", "order", " ", "missing"),
        ("problem", "order", None, "missing"),
        ("problem", "order", "x" * 201, "long"),
        ("problem", "order", 7, "long"),
        ("problem", "place", "moon", "choice"),
        ("problem", "since", "2026-02-31", "date"),
        ("problem", "since", "99999-1-1", "date"),
        ("problem", "other_email", "bob@", "email"),
        ("call_back", "phone", "call me", "phone"),
        ("call_back", "phone", "1(((((((((((((((((1", "phone"),
        ("call_back", "phone", "+371 " + "2" * 20, "phone"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_reason(site, kind, name, typed, reason):
    given = {"order": "1", "phone": "+371 20000000", name: typed}

    _answers, wrong = checked_answers(site, kind, given)

    assert [(one.name, one.reason) for one in wrong] == [(name, reason)]


def test_what_the_kind_does_not_ask_is_left_out(site):
    answers, wrong = checked_answers(site, "question", {"order": "1", "phone": "x", "place": "home", "role": "admin"})

    assert (answers, wrong) == ({"place": "home"}, [])


def test_agents_read_labels_and_words_in_their_language(site):
    slots = {"order": "A-17", "place": "home", "gone": "7", "email": "ann@example.org"}

    assert in_words(site, slots, "lv") == [("Pasūtījuma numurs", "A-17"), ("Where", "Mājās"), ("gone", "7")]
