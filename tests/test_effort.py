"""Work is counted alike on every machine."""

import pytest

from tests import effort


def linear(size: int) -> None:
    """Call a function of C *size* times."""
    for number in range(size):
        abs(number)


def quadratic(size: int) -> None:
    """Call our own function *size* times, and with it much more."""
    for _ in range(size):
        linear(size)


def test_calls_of_python_and_of_c_are_counted() -> None:
    nothing = effort.calls(lambda: None)

    assert effort.calls(lambda: linear(10)) == nothing + 11
    assert effort.calls(lambda: quadratic(10)) == nothing + 111
    assert effort.calls_of(linear, lambda: quadratic(10)) == 10


def test_growth_tells_linear_from_quadratic() -> None:
    assert 7 < effort.growth(linear, 100, 800) < 9
    assert 60 < effort.growth(quadratic, 20, 160) < 65


def test_what_hangs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "HANGING_SECONDS", -1)

    with pytest.raises(AssertionError, match="seconds of the processor"):
        effort.calls(lambda: None)
