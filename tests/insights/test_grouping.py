"""Which texts are about the same thing."""

import random
from datetime import date

import pytest

from helpcenter.insights.grouping import group_signals, keys_of
from helpcenter.insights.signals import Signal

DAY = date(2026, 11, 16)


def said(*texts: str, lang: str = "en", source: str = "no-hits") -> list[Signal]:
    """Return a signal for each of *texts*."""
    return [Signal(source, lang, text, text, DAY, visit=f"visit-{number}") for number, text in enumerate(texts)]


def grouped(signals: list[Signal], lang: str = "en", known=None) -> list[set[str]]:
    """Return the texts of each group that has any."""
    return [{one.text for one in group.signals} for group in group_signals(lang, signals, known)[0] if group.texts]


REFUNDS = ("refund", "how do i get a refund", "refund for a cancelled flight", "where is my refund")
ZEPPELINS = ("zeppelin timetable", "when does the zeppelin leave", "zeppelin tickets")


def test_texts_that_share_their_telling_words_are_together():
    assert sorted(grouped(said(*REFUNDS, *ZEPPELINS)), key=len) == [set(ZEPPELINS), set(REFUNDS)]


def test_the_order_in_which_things_were_said_changes_nothing():
    signals = said(*REFUNDS, *ZEPPELINS, "refund zeppelin tickets", "garden", "garden gate")
    expected = sorted(map(sorted, grouped(signals)))
    for seed in range(5):
        shuffled = random.Random(seed).sample(signals, len(signals))

        assert sorted(map(sorted, grouped(shuffled))) == expected


def test_a_slip_of_the_finger_belongs_to_the_word_that_was_meant():
    texts = (*REFUNDS, "refudn please")

    assert grouped(said(*texts)) == [set(texts)]


@pytest.mark.parametrize(("lang", "texts"), [
    ("lv", ("rēķina kopija", "kur ir mana rēķina kopija", "vajag rēķinu kopijas")),
    ("pl", ("zwrot pieniędzy", "jak uzyskać zwrot pieniędzy", "zwroty pieniedzy")),
    ("sv", ("återbetalning av biljett", "få återbetalning", "återbetalningar")),
    ("kk", ("төлемді қайтару", "төлемдерді қайтару", "қалай төлемді қайтаруға болады")),
])  # fmt: skip
def test_forms_of_a_word_are_one_word_in_every_language(lang, texts):
    other = {"lv": "cepelīns", "pl": "sterowiec", "sv": "luftskepp", "kk": "дирижабль"}[lang]

    assert set(texts) in grouped(said(*texts, other, lang=lang), lang)


def test_words_without_a_topic_addresses_and_numbers_say_nothing():
    assert keys_of("Hello, where is it please? [e-mail] [number] 42", "en") == {"hello"}
    assert grouped(said("?", "where is it", "[number]")) == []


def test_a_known_gap_is_the_same_gap_again_whatever_else_is_asked():
    first = next(group for group in group_signals("en", said(*ZEPPELINS))[0])
    words = dict(first.words())
    again, _ = group_signals("en", said(*REFUNDS, "zeppelin landing"), {41: words})

    assert {group.known: {one.text for one in group.signals} for group in again} == {41: {"zeppelin landing"}, None: set(REFUNDS)}


def test_a_known_gap_that_nobody_meets_stays_empty_and_known():
    groups, _ = group_signals("en", said(*REFUNDS), {41: {"zeppelin": 1.0}})

    assert [(group.known, len(group.texts)) for group in groups if group.known] == [(41, 0)]


def test_too_many_texts_are_counted_and_the_rarest_left_out():
    from dataclasses import replace

    from helpcenter.insights.grouping import THRESHOLDS

    groups, left_out = group_signals("en", said("alpha", "alpha", "beta"), thresholds=replace(THRESHOLDS, most_texts=1))

    assert left_out == 1
    assert [one.text for group in groups for one in group.signals] == ["alpha", "alpha"]
