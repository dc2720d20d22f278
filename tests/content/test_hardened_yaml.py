"""YAML that cannot hurt: everything is text, and size, depth and repetition are bounded."""

import pytest

from helpcenter.content.hardened_yaml import YamlRefused, load
from tests.effort import SECOND_OF_CALLS, calls


def test_values_stay_the_text_that_was_written():
    value = load("a: 2026-02-31\nb: no\nc: 1.10\nd: 010\ne:\nf: [x, ~]").value

    assert value == {"a": "2026-02-31", "b": "no", "c": "1.10", "d": "010", "e": None, "f": ["x", None]}


def test_places_know_their_lines():
    document = load("a: 1\nb:\n  - c: 2\n    d: 3\n")

    assert document.line_of(("b", 0, "d")) == 4
    assert document.line_of(("b", 0, "unheard of")) == 3


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: &x 1\nb: *x", 2, "Aliases"),
        ("a: 1\nb: 2\na: 3", 3, "twice"),
        ("a: !!python/object/apply:os.system [id]", 1, "tag"),
        ("a:\n  b: c: d", 2, "Not valid YAML"),
        ("a: '", 1, "Not valid YAML"),
        ("a\n---\nb", 2, "second YAML document"),
        ("a: \x00", 1, "NUL"),
        ("? [a]\n: b", 1, "key must be plain"),
        ("a: \x01", 1, "Not valid YAML"),
    ],
)
def test_what_is_refused_names_its_line(text, line, words):
    with pytest.raises(YamlRefused, match=words) as refused:
        load(text)

    assert refused.value.line == line


def test_aliases_that_are_allowed_repeat_the_value():
    assert load("a: &x [1]\nb: *x", aliases=True).value == {"a": ["1"], "b": ["1"]}


@pytest.mark.parametrize(
    "bomb",
    [
        "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 50_000,
        "a: [" + "1," * 30_000 + "]",
        "a: &a [*a]",
    ],
    ids=["billion laughs", "brackets", "braces", "dashes", "many values", "itself"],
)
def test_a_bomb_is_refused_at_once(bomb):
    def refused():
        with pytest.raises(YamlRefused):
            load(bomb, aliases=True)

    assert calls(refused) < SECOND_OF_CALLS
