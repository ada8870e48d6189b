"""Countries, languages and currencies: names in many languages as codes."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
from babel import Locale
from babel.numbers import get_currency_precision, list_currencies

from rapport.imports.reading.values.converting import Converted, Misfit, by_value
from rapport.kernel.search import fold

_LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "nl",
    "pl",
    "sv",
    "da",
    "nb",
    "fi",
    "cs",
    "ro",
    "tr",
    "hu",
    "ru",
    "ja",
)
_OTHER_COUNTRIES = {
    "usa": "US", "u.s.": "US", "u.s.a.": "US", "united states of america": "US", "america": "US", "uk": "GB",
    "u.k.": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "eire": "IE", "republic of ireland": "IE", "holland": "NL",
    "the netherlands": "NL", "czech republic": "CZ", "russia": "RU", "russian federation": "RU",
    "south korea": "KR", "korea": "KR", "republic of korea": "KR", "viet nam": "VN", "rsa": "ZA", "uae": "AE",
    "u.a.e.": "AE", "brasil": "BR", "deutschland": "DE", "espana": "ES", "macedonia": "MK", "swaziland": "SZ",
    "burma": "MM", "ivory coast": "CI", "cape verde": "CV", "iran": "IR", "syria": "SY", "bolivia": "BO",
    "venezuela": "VE", "tanzania": "TZ", "moldova": "MD", "laos": "LA", "taiwan": "TW", "hong kong": "HK",
    "macau": "MO", "palestine": "PS", "vatican": "VA", "turkey": "TR", "european community": "EU",
    "european union": "EU",
}  # fmt: skip
# ISO 3166-1 alpha-3 of the countries that Rapport's users are most likely to meet in files.
_ALPHA_3 = """
    ARE:AE ARG:AR AUS:AU AUT:AT BEL:BE BGR:BG BRA:BR CAN:CA CHE:CH CHL:CL CHN:CN COL:CO CRI:CR CYP:CY CZE:CZ
    DEU:DE DNK:DK DOM:DO ECU:EC EGY:EG ESP:ES EST:EE FIN:FI FRA:FR GBR:GB GRC:GR GTM:GT HKG:HK HRV:HR HUN:HU
    IDN:ID IND:IN IRL:IE ISL:IS ISR:IL ITA:IT JPN:JP KEN:KE KOR:KR KWT:KW LTU:LT LUX:LU LVA:LV MAR:MA MEX:MX
    MLT:MT MYS:MY NGA:NG NLD:NL NOR:NO NZL:NZ PAK:PK PAN:PA PER:PE PHL:PH POL:PL PRT:PT QAT:QA ROU:RO RUS:RU
    SAU:SA SGP:SG SRB:RS SVK:SK SVN:SI SWE:SE THA:TH TUN:TN TUR:TR TWN:TW UKR:UA URY:UY USA:US VEN:VE VNM:VN
    ZAF:ZA
"""


def _names(kind: str, language: str) -> dict[str, str]:
    """The names that CLDR has for territories, languages in one language, by code."""
    names = getattr(Locale(language), kind)
    return {code: str(name) for code, name in names.items() if code.isalpha()}


@cache
def _countries() -> dict[str, str]:
    """English names, codes of two and three letters, and other common spellings."""
    names = {code: name for code, name in _names("territories", "en").items() if len(code) == 2}
    known = {fold(name): code for code, name in names.items()} | {code.lower(): code for code in names}
    known |= {long.lower(): code for long, code in (pair.split(":") for pair in _ALPHA_3.split())}
    return known | _OTHER_COUNTRIES


@cache
def _foreign_countries() -> dict[str, str]:
    """Names in the other languages; reading them takes a second, so only when a name is not English."""
    known: dict[str, str] = {}
    for language in reversed(_LANGUAGES):
        known |= {fold(name): code for code, name in _names("territories", language).items() if len(code) == 2}
    return known


@cache
def _languages() -> dict[str, str]:
    known: dict[str, str] = {}
    for language in reversed(_LANGUAGES):
        known |= {fold(name): code for code, name in _names("languages", language).items()}
    return known | {code: code for code in _names("languages", "en") if len(code) == 2}


def country(cell: str) -> str:
    """The ISO 3166 alpha-2 code of a country by name or code. Raises Misfit `country`."""
    name = fold(" ".join(cell.split()))
    found = _countries().get(name) or _foreign_countries().get(name)
    if found is None:
        raise Misfit("country")
    return found


def countries(column: pa.StringArray) -> Converted:
    """Countries as ISO 3166 alpha-2 codes. `NA` is Namibia, so only an empty cell is empty."""
    return by_value(
        column, country, pa.string(), empty=frozenset({"", "-", "n/a", "none", "null", "unspecified", "unknown"})
    )


def languages(column: pa.StringArray) -> Converted:
    """Languages as two-letter codes; `pt-BR` and `pt_BR` are kept with their country."""

    def scalar(cell: str) -> str:
        main, _, region = cell.replace("_", "-").partition("-")
        found = _languages().get(fold(main.strip()))
        if found is None:
            raise Misfit("language")
        return f"{found}-{region.upper()}" if len(region) == 2 else found[:8]

    return by_value(column, scalar, pa.string())


@cache
def _currencies() -> dict[str, str]:
    signs = {
        "€": "EUR",
        "£": "GBP",
        "R$": "BRL",
        "₹": "INR",
        "₽": "RUB",
        "₺": "TRY",
        "₩": "KRW",
        "₪": "ILS",
        "zł": "PLN",
    }
    return {code.lower(): code for code in list_currencies()} | {sign.lower(): code for sign, code in signs.items()}


def currencies(column: pa.StringArray) -> Converted:
    """Currencies as ISO 4217 codes; signs that stand for one currency only are read too."""

    def scalar(cell: str) -> str:
        found = _currencies().get(cell.lower())
        if found is None:
            raise Misfit("currency")
        return found

    return by_value(column, scalar, pa.string())


def exponent(currency: str) -> int:
    """How many decimals a currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)
