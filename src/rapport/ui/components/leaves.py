"""The smallest components, written in Python because a list shows hundreds of them."""

from __future__ import annotations

import html
from datetime import date, datetime
from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from rapport.ui import formats
from rapport.ui.icons import ICONS

TONES = ("neutral", "good", "warn", "bad", "accent")
EMPTY = mark_safe("")

_ICONS = frozenset(ICONS)
_TURNING = frozenset({"chevron-left", "chevron-right", "arrow-right", "arrow-back-up", "logout", "external-link"})


class UnknownName(ValueError):
    """A tone or an icon that the design system does not have."""


def plain(value: object) -> str:
    """Return `value` escaped, or as it is when it is safe HTML: `conditional_escape`, at a third of its cost."""
    return str(value) if isinstance(value, SafeString) else html.escape(str(value))


@lru_cache(maxsize=1024)
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """Return the icon `name` of `icons.ICONS`. `size`: "s", "l", "xl"; `label` says it aloud, else it is silent.

    Raises `UnknownName`.
    """
    if name not in _ICONS:
        raise UnknownName(f"there is no icon {name}: add it to rapport/ui/icons.py")
    classes = " ".join(["icon", *([f"icon-{size}"] if size else []), *(["icon-turns"] if name in _TURNING else [])])
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" {} width="16" height="16"><use href="{}#{}"></use></svg>',
        classes,
        voice,
        static("vendor/icons.svg"),
        name,
    )


def tone_class(prefix: str, tone: str) -> str:
    """Return the classes of a toned component: "pill pill-good". Raises `UnknownName`."""
    if tone not in TONES:
        raise UnknownName(f"there is no tone {tone}: {', '.join(TONES)}")
    return prefix if tone == "neutral" else f"{prefix} {prefix}-{tone}"


def pill(text: object, tone: str = "neutral", icon_name: str = "", href: str = "") -> SafeString:
    """Return a short state in a coloured capsule. `tone`: neutral, good, warn, bad, accent."""
    classes = tone_class("pill", tone)
    picture = icon(icon_name) if icon_name else EMPTY
    if href:
        return mark_safe(f'<a class="{classes}" href="{plain(href)}">{picture}{plain(text)}</a>')
    return mark_safe(f'<span class="{classes}">{picture}{plain(text)}</span>')


def delta(value: formats.Number | None, good: str = "up", digits: int | None = None, unit: str = "") -> SafeString:
    """Return a change as a pill: +1.2 is good and −2.1 a warning, or the reverse when `good` is "down".

    A change of 0, or of what rounds to it, is neutral; None shows nothing.
    """
    if value is None:
        return EMPTY
    value = value if digits is None or round(value, digits) else 0
    rises = (value > 0) == (good == "up")
    tone = "neutral" if value == 0 or good == "none" else "good" if rises else "warn"
    return pill(formats.signed(value, digits) + unit, tone)


def initials(name: str) -> str:
    """Return one or two capitals for `name`: "Eleanor Marsh" EM, "Café Lumen" CL, nothing "?"."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    chosen = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()


def avatar(name: str, kind: str = "person", size: str = "") -> SafeString:
    """Return the initials of `name` in a circle, or a square for a `kind` of "company". `size`: "", "m", "l"."""
    classes = "avatar" + (f" avatar-{size}" if size else "") + (" avatar-company" if kind == "company" else "")
    return mark_safe(f'<span class="{classes}" aria-hidden="true">{plain(initials(name))}</span>')


def who(name: str, href: str = "", kind: str = "person", size: str = "") -> SafeString:
    """Return an avatar and a name, linked when there is an address."""
    body = f'{avatar(name, kind, size)}<span class="clip">{plain(name)}</span>'
    return mark_safe(f'<a class="who" href="{plain(href)}">{body}</a>' if href else f'<span class="who">{body}</span>')


def tone_of(value: float | None, warn: float = 60, bad: float = 50) -> str:
    """Return the tone of a score of 0 to 100: bad under `bad`, warn under `warn`, else good; unknown neutral."""
    if value is None:
        return "neutral"
    return "bad" if value < bad else "warn" if value < warn else "good"


def meter(value: float | None, tone: str = "", label: str = "", maximum: float = 100) -> SafeString:
    """Return a bar filled to `value` of `maximum`; None stays grey. Tone "" is the accent colour.

    With `label` the bar says its value aloud, else it is silent because the number stands beside it.
    """
    share = 0.0 if value is None or maximum <= 0 else max(0.0, min(1.0, value / maximum))
    voice = 'aria-hidden="true"'
    if label:
        said = _("unknown") if value is None else formats.number(round(value, 1))
        voice = format_html('role="img" aria-label="{}: {}"', label, said)
    classes = f"meter tone-{plain(tone)}" if tone else "meter"
    return mark_safe(
        f'<svg class="{classes}" {voice} height="6"><rect width="{share * 100:.1f}%" height="6" rx="3"></rect></svg>'
    )


def score(value: float | None, change: float | None = None, note: str = "") -> SafeString:
    """Return a score of 0 to 100 for a table cell: the number, its bar, and its change or a note."""
    number = formats.MISSING if value is None else formats.number(round(value))
    after = note or ("" if change is None else formats.signed(round(change)))
    bar = meter(value, tone_of(value))
    return mark_safe(f'<span class="meter-cell"><span>{number}</span>{bar}<span>{plain(after)}</span></span>')


def kbd(keys: str) -> SafeString:
    """Return keyboard keys: "Ctrl K" gives two keys in one."""
    return format_html('<kbd class="kbd">{}</kbd>', keys)


def when(value: date | datetime | None, style: str = "ago") -> SafeString:
    """Return a time element whose title is the full moment. `style`: ago, day, week, moment, hour.

    "ago" is refreshed in the browser while the page stays open.
    """
    if value is None:
        return format_html('<span class="muted">{}</span>', formats.MISSING)
    is_moment = isinstance(value, datetime)
    full = formats.moment(value, "full") if isinstance(value, datetime) else formats.day(value, "full")
    if style == "ago":
        text = formats.ago(value)
    elif style == "hour" and isinstance(value, datetime):
        text = formats.hour(value)
    elif style == "moment" and isinstance(value, datetime):
        text = formats.moment(value)
    else:
        text = formats.day(value, "week" if style == "week" else "")
    live = " data-ago" if style == "ago" and is_moment else ""
    return mark_safe(f'<time datetime="{value.isoformat()}" title="{plain(full)}"{live}>{plain(text)}</time>')


def spinner(label: str = "") -> SafeString:
    """Return a turning ring for waits over 300 ms."""
    return format_html('<span class="spinner" role="status" aria-label="{}"></span>', label or _("Loading"))


def code(text: object) -> SafeString:
    """Return preformatted text, reachable by keyboard because it may scroll."""
    return format_html('<pre class="code" tabindex="0"><code>{}</code></pre>', text)
