"""Phone numbers: E.164 by libphonenumber, with a key under which variants of one number meet."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import CountryCodeSource, NumberParseException, PhoneNumber, ValidationResult

from rapport.customers.identities import phone_plans
from rapport.customers.identities.normal import BadIdentity, Normal

_SPREADSHEET = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)
_FLOAT = re.compile(r"\+?\d{6,}\.0")
_MEXICO_PREFIX = re.compile(r"(?:01|04[45])(?=\d{10}\Z)")
_MIN_SUFFIX = 7


def phone(value: str, country: str | None = None) -> Normal:
    """The normal form of a phone number written anyhow.

    `country` (ISO 3166 alpha-2) is where a number without `+` is dialled. Numbers of a possible
    length are accepted even where the numbering plan does not list them: plans change.
    Raises BadIdentity: `phone` (not a number), `phone-country` (no `+` and no country),
    `phone-length` (too short, too long, area code missing), `phone-spreadsheet` (digits lost).
    """
    text = value.strip()
    parsed = phone_plans.national(text, country)
    if parsed is not None and parsed.possible:
        return _normal(parsed.code, parsed.national, "")
    return _unusual(text, country)


def _normal(code: str, national: str, extension: str) -> Normal:
    return Normal(f"+{code}{national}", code + _folded(code, national), national, extension)


def _folded(code: str, national: str) -> str:
    """The national number without the digits that come and go with the channel.

    Brazil: mobiles got a 9 after the area code, chat services kept the old form. Argentina: a 9 in
    front marks a mobile called from abroad. (Mexico's old 1 is dropped from the number itself.)
    """
    if code == "55" and len(national) == 11 and national[2] == "9" and national[3] in "6789":
        return national[:2] + national[3:]
    if code == "54" and len(national) == 11 and national[0] == "9":
        return national[1:]
    return national


def _unusual(text: str, country: str | None) -> Normal:
    text = unicodedata.normalize("NFKC", text).strip().lstrip("'").strip()
    if _SPREADSHEET.fullmatch(text):
        raise BadIdentity("phone-spreadsheet", f"a spreadsheet has cut digits off this number: {text}")
    if _FLOAT.fullmatch(text):
        text = text[:-2]
    try:
        number = phonenumbers.parse(text, country, keep_raw_input=True)
    except NumberParseException as refused:
        raise _refusal(refused, text, country) from None
    number = _mexican(number)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE:
        number = _written_without_plus(text) or _too_odd(reason, text)
    national = phonenumbers.national_significant_number(number)
    return _normal(str(number.country_code), national, number.extension or "")


def _mexican(number: PhoneNumber) -> PhoneNumber:
    """Mexico dropped its mobile prefixes (1 from abroad; 01, 044 and 045 inside) in 2019."""
    if number.country_code == 52:
        national = phonenumbers.national_significant_number(number)
        from_abroad = number.country_code_source != CountryCodeSource.FROM_DEFAULT_COUNTRY
        if from_abroad and len(national) == 11 and national[0] == "1":
            national = national[1:]
        shorter = _MEXICO_PREFIX.sub("", national)
        if len(shorter) == 10 and shorter[0] != "0":
            return PhoneNumber(country_code=52, national_number=int(shorter), extension=number.extension)
    return number


def _written_without_plus(text: str) -> PhoneNumber | None:
    """A full international number that lacks only its `+`, as messaging providers send them."""
    if not text.isdigit() or text.startswith("0"):
        return None
    try:
        number = _mexican(phonenumbers.parse("+" + text, keep_raw_input=True))
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _too_odd(reason: int, text: str) -> PhoneNumber:
    if reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        raise BadIdentity("phone-length", f"the area code is missing: {text}")
    if reason == ValidationResult.TOO_SHORT:
        raise BadIdentity("phone-length", f"too short for a phone number: {text}")
    if reason == ValidationResult.TOO_LONG:
        raise BadIdentity("phone-length", f"too long for a phone number: {text}")
    raise BadIdentity("phone-length", f"no phone number of this country has this length: {text}")


def _refusal(refused: NumberParseException, text: str, country: str | None) -> BadIdentity:
    digits = sum(character.isdigit() for character in text)
    if refused.error_type == NumberParseException.INVALID_COUNTRY_CODE and digits >= _MIN_SUFFIX:
        if "+" in text:
            return BadIdentity("phone-country", f"no country has this calling code: {text}")
        if not country:
            return BadIdentity("phone-country", f"the country of this number is not known: {text}")
    if refused.error_type == NumberParseException.TOO_LONG:
        return BadIdentity("phone-length", f"too long for a phone number: {text[:40]}")
    return BadIdentity("phone", f"not a phone number: {text[:40]}")


def phones_same(a: str, b: str, country: str | None = None) -> bool:
    """Whether two written numbers are one number, dialled in `country` where they lack a `+`.

    Different extensions are different numbers. When the country is not known, the shorter number
    has to be the end of the longer one.
    """
    first, second = _tried(a, country), _tried(b, country)
    if first and second:
        if first.extension and second.extension and first.extension != second.extension:
            return False
        return first.match_key == second.match_key
    if country or (not first and not second):
        return bool(not first and not second) and _same_digits(a, b)
    return _same_end(first.match_key if first else a, second.match_key if second else b)


def _tried(value: str, country: str | None) -> Normal | None:
    try:
        return phone(value, country)
    except BadIdentity:
        return None


def _digits(value: str) -> str:
    return "".join(character for character in value if character.isdigit())


def _same_digits(a: str, b: str) -> bool:
    first, second = _digits(a).lstrip("0"), _digits(b).lstrip("0")
    return first == second and len(first) >= _MIN_SUFFIX


def _same_end(a: str, b: str) -> bool:
    short, long = sorted((_digits(a).lstrip("0"), _digits(b).lstrip("0")), key=len)
    return len(short) >= _MIN_SUFFIX and long.endswith(short)
