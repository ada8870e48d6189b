"""How values inside JSON (custom fields, the data of events) are read; the same rules in all three engines.

A text is a JSON string. A number is a JSON number below 10¹⁵, or a string that is a plain decimal, read as a
double. A date is a string YYYY-MM-DD, a moment one in ISO 8601 with seconds and an offset or Z, years 1000 to 9999,
both only when the calendar has them. A list is an array. Anything else is missing; nothing of it is an error.
"""

from __future__ import annotations

import re

_LONG = r"(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
_SHORT = r"(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_FEBRUARY = r"02-(0[1-9]|1[0-9]|2[0-8])"
_LEAP = r"([1-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)-02-29"
_DAY = rf"([1-9][0-9]{{3}}-({_LONG}|{_SHORT}|{_FEBRUARY})|{_LEAP})"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_OFFSET = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])"
NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"
DATE = f"^{_DAY}$"
MOMENT = f"^{_DAY}T{_TIME}{_OFFSET}$"
IS_NUMBER, IS_DATE, IS_MOMENT = (re.compile(rule[:-1] + r"\Z") for rule in (NUMBER, DATE, MOMENT))

_TEXT = "(j #>> '{}')"
_STRING = "jsonb_typeof(j) = 'string'"
_NUMERIC = f"case when jsonb_typeof(j) = 'number' then abs({_TEXT}::numeric) < 1e15 else false end"
_READERS = {
    "text": ("text", "immutable", f"case when {_STRING} then {_TEXT} end"),
    "number": (
        "double precision",
        "immutable",
        f"case when {_NUMERIC} or ({_STRING} and {_TEXT} ~ '{NUMBER}') then {_TEXT}::double precision end",
    ),
    "boolean": ("boolean", "immutable", f"case when jsonb_typeof(j) = 'boolean' then {_TEXT}::boolean end"),
    "date": ("date", "stable", f"case when {_STRING} and {_TEXT} ~ '{DATE}' then {_TEXT}::date end"),
    "moment": (
        "timestamptz",
        "stable",
        f"case when {_STRING} and {_TEXT} ~ '{MOMENT}' then {_TEXT}::timestamptz end",
    ),
    "filled": ("boolean", "immutable", "case when jsonb_typeof(j) = 'array' then jsonb_array_length(j) > 0 end"),
}


def functions_sql() -> tuple[str, str]:
    """Return the SQL that makes the functions `kernel_json_…(jsonb)`, and their undoing."""
    make = [
        f"create or replace function kernel_json_{name}(j jsonb) returns {output} language sql {volatility}"
        f" strict parallel safe as $$ select {body} $$;"
        for name, (output, volatility, body) in _READERS.items()
    ]
    undo = [f"drop function kernel_json_{name}(jsonb);" for name in _READERS]
    return "\n".join(make), "\n".join(undo)
