"""Codes of the second factor: right ones once, wrong ones never, too many not at all."""

from datetime import timedelta

import pyotp
import pytest

from helpcenter.accounts import second_factor as factor
from helpcenter.storage.columns import utcnow
from helpcenter.storage.counters import Counter

NOW = utcnow().replace(microsecond=0, second=10)


def code_at(secret: str, moment) -> str:
    """Return what an app shows at *moment*."""
    return pyotp.TOTP(secret).at(moment)


@pytest.fixture
def secret(writer, gus) -> str:
    """Return the secret of Gus's second factor, set up five minutes ago."""
    secret = factor.new_secret()
    earlier = NOW - timedelta(minutes=5)
    assert len(factor.enable(writer, gus, secret, code_at(secret, earlier), now=earlier)) == factor.CODES
    return secret


def test_the_code_of_rfc_6238_is_right():
    # Appendix B, SHA-1: the secret is "12345678901234567890"; the last six of eight digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    moment = utcnow().fromtimestamp(1_111_111_109, tz=utcnow().tzinfo)

    assert factor.step_of_code(secret, "081804", after=0, now=moment) == 1_111_111_109 // 30


def test_a_code_is_taken_once(writer, gus, secret):
    code = code_at(secret, NOW)

    assert factor.prove(writer, gus, f" {code[:3]} {code[3:]} ", now=NOW)
    assert not factor.prove(writer, gus, code, now=NOW)
    assert not factor.prove(writer, gus, code_at(secret, NOW - timedelta(seconds=30)), now=NOW)
    assert factor.prove(writer, gus, code_at(secret, NOW + timedelta(seconds=60)), now=NOW + timedelta(seconds=60))


@pytest.mark.parametrize("seconds", [-90, 90, 3600])
def test_a_code_of_another_time_is_wrong(writer, gus, secret, seconds):
    assert not factor.prove(writer, gus, code_at(secret, NOW + timedelta(seconds=seconds)), now=NOW)


@pytest.mark.parametrize("code", ["", " ", "\x00", "null", "0", "12345", "1234567", "١٢٣٤٥٦", "x" * 10_240, "\ud800" * 6, "-" * 10])
def test_what_is_no_code_opens_nothing(writer, gus, secret, code):
    assert not factor.prove(writer, gus, code, now=NOW)


def test_a_recovery_code_opens_once_and_for_one_person(writer, gus, secret):
    codes = factor.renew_codes(writer, gus)

    assert factor.prove(writer, gus, codes[0].upper(), now=NOW)
    assert not factor.prove(writer, gus, codes[0], now=NOW)
    assert factor.prove(writer, gus, codes[1].replace("-", " "), now=NOW)
    assert factor.codes_left(writer, gus) == factor.CODES - 2


def test_new_recovery_codes_end_the_earlier_ones(writer, gus, secret):
    earlier = factor.renew_codes(writer, gus)
    factor.renew_codes(writer, gus)

    assert not factor.prove(writer, gus, earlier[0], now=NOW)


def test_after_ten_tries_even_the_right_code_is_refused_for_the_hour(writer, gus, secret):
    for _ in range(factor.MOST_TRIES):
        assert not factor.prove(writer, gus, "000", now=NOW)

    assert not factor.prove(writer, gus, code_at(secret, NOW), now=NOW)

    writer.get(Counter, f"factor:{gus.id}").ends_at = NOW - timedelta(hours=1)
    writer.flush()
    assert factor.prove(writer, gus, code_at(secret, NOW), now=NOW)


def test_without_a_second_factor_no_code_is_right(writer, gus, secret):
    codes = factor.renew_codes(writer, gus)
    factor.disable(writer, gus)

    assert not factor.prove(writer, gus, code_at(secret, NOW), now=NOW)
    assert not factor.prove(writer, gus, codes[0], now=NOW)


def test_a_wrong_first_code_sets_nothing_up(writer, gus):
    assert factor.enable(writer, gus, factor.new_secret(), "123", now=NOW) is None
    assert gus.totp_secret is None


def test_half_a_sign_in_lasts_ten_minutes(writer, gus):
    token = factor.start_half(writer, gus, now=NOW)

    assert factor.find_half(writer, token, now=NOW + timedelta(minutes=9)).user is gus
    assert factor.find_half(writer, token, now=NOW + timedelta(minutes=10)) is None
    for wrong in ("", " ", "\x00", "null", "x", "x" * 10_240, None):
        assert factor.find_half(writer, wrong, now=NOW) is None
