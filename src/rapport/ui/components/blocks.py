"""The components that hold other content: card, section, alert, dialog, drawer, menu and their like."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

from rapport.ui.components import leaves as pictures
from rapport.ui.components.leaves import plain, tone_class
from rapport.ui.components.render import attributes, render

ALERT_ICONS = {
    "neutral": "info-circle",
    "accent": "info-circle",
    "good": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-circle",
}


def button(
    label: str = "",
    kind: str = "plain",
    *,
    href: str = "",
    icon: str = "",
    size: str = "",
    type: str = "button",
    title: str = "",
    shortcut: str = "",
    opens: str = "",
    disabled: bool = False,
    icon_after: str = "",
    **more: object,
) -> SafeString:
    """Return a button, or a link that looks like one when `href` is given.

    `kind`: plain, primary, danger, danger-fill, quiet, link. Without `label` it is an icon, and `title` names it.
    `size`: "small" or "wide". `opens`: the id of a dialog, drawer or menu. `more`: any attribute, as hx_post=….
    """
    classes = ["button", *([f"button-{kind}"] if kind != "plain" else []), *([f"button-{size}"] if size else [])]
    if not label:
        classes.append("button-icon")
        more = {"aria_label": title, **more}
    if opens:
        more = {"data_opens": opens, "aria_haspopup": "dialog", **more}
    if href:
        element, state = "a", ' aria-disabled="true"' if disabled else f' href="{plain(href)}"'
    else:
        element, state = "button", f' type="{plain(type)}"' + (" disabled" if disabled else "")
    state += f' title="{plain(title)}"' if title else ""
    inside = (
        pictures.icon(icon) if icon else "",
        f'<span class="button-label">{plain(label)}</span>' if label else "",
        pictures.icon(icon_after, "s") if icon_after else "",
        pictures.kbd(shortcut) if shortcut else "",
    )
    return mark_safe(f'<{element} class="{" ".join(classes)}"{state}{attributes(more)}>{"".join(inside)}</{element}>')


def card(
    content: SafeString,
    title: str = "",
    subtitle: str = "",
    *,
    actions: str = "",
    tone: str = "",
    icon: str = "",
    level: int = 2,
    flush: bool = False,
    id: str = "",
) -> SafeString:
    """Return a white box. `actions`: safe HTML at the end of its head; `tone`: accent or warn; `flush`: no padding."""
    classes = "card" + (f" card-{tone}" if tone else "") + (" card-flush" if flush else "")
    return render(
        "card",
        content=content,
        title=title,
        subtitle=subtitle,
        actions=actions,
        classes=classes,
        icon=icon,
        level=level,
        id=id,
    )


def section(content: SafeString, title: str, note: str = "", *, id: str = "") -> SafeString:
    """Return a titled block with a note at the end of the title line, such as a count."""
    return render("section", content=content, title=title, note=note, id=id)


def alert(content: SafeString, tone: str = "neutral", title: str = "", *, banner: bool = False) -> SafeString:
    """Return a message in the page; `banner` makes it span the page. Bad news is announced at once."""
    classes = tone_class("alert", tone) + (" banner" if banner else "")
    role = "alert" if tone == "bad" else "status"
    return render("alert", content=content, title=title, classes=classes, icon=ALERT_ICONS[tone], role=role)


def dialog(content: SafeString, id: str, title: str, *, wide: bool = False, shown: bool = False) -> SafeString:
    """Return a modal dialog that a button opens by `opens=id`; `shown` opens it with the page."""
    return render(
        "dialog", content=content, id=id, title=title, classes="dialog dialog-wide" if wide else "dialog", shown=shown
    )


def drawer(content: SafeString, id: str, title: str) -> SafeString:
    """Return a panel at the side of the page that a button opens by `opens=id`."""
    return render("dialog", content=content, id=id, title=title, classes="drawer")


def menu(
    content: SafeString,
    id: str,
    label: str = "",
    *,
    icon: str = "",
    title: str = "",
    kind: str = "plain",
    size: str = "",
    end: bool = False,
    shape: str = "",
) -> SafeString:
    """Return a button and the menu it opens; the content is `menu_item`s. `end` aligns it to the button's end."""
    return render(
        "menu",
        content=content,
        id=id,
        label=label,
        icon=icon,
        title=title,
        end=end,
        shape=shape,
        classes=" ".join(
            [
                "button",
                *([f"button-{kind}"] if kind != "plain" else []),
                *([f"button-{size}"] if size else []),
                *([] if label or shape else ["button-icon"]),
            ]
        ),
    )


def menu_item(
    label: str,
    *,
    href: str = "",
    icon: str = "",
    shortcut: str = "",
    danger: bool = False,
    current: bool = False,
    type: str = "submit",
    **more: object,
) -> SafeString:
    """Return one entry of a menu: a link with `href`, else a button (inside a form it submits)."""
    element, state = ("a", f' href="{plain(href)}"') if href else ("button", f' type="{plain(type)}"')
    state += ' aria-current="true"' if current else ""
    classes = "menu-item menu-danger" if danger else "menu-item"
    picture, keys = pictures.icon(icon) if icon else "", pictures.kbd(shortcut) if shortcut else ""
    inside = f'{picture}<span class="clip">{plain(label)}</span>{keys}'
    return mark_safe(f'<{element} class="{classes}"{state}{attributes(more)}>{inside}</{element}>')


def button_group(content: SafeString, label: str = "", *, joined: bool = False) -> SafeString:
    """Return buttons side by side; `joined` without gaps, for a choice of one."""
    classes = "button-group button-group-joined" if joined else "button-group"
    return render("button_group", content=content, label=label, classes=classes)


def definition(content: SafeString, id: str, title: str = "") -> SafeString:
    """Return a question mark that explains a figure: definition, n, interval, source."""
    return render("definition", content=content, id=id, title=title)


def event(
    content: SafeString,
    title: str,
    *,
    icon: str = "note",
    at: object = None,
    at_style: str = "moment",
    tone: str = "neutral",
    href: str = "",
    detail: str = "",
    quote: str = "",
    pill: str = "",
) -> SafeString:
    """Return one item of a timeline. The content is what else belongs to it, such as buttons."""
    return render(
        "event",
        content=content,
        title=title,
        icon=icon,
        at=at,
        at_style=at_style,
        href=href,
        detail=detail,
        quote=quote,
        pill=pill,
        classes=tone_class("event", tone),
    )


def work_item(
    content: SafeString,
    title: str,
    *,
    text: str = "",
    why: str = "",
    icon: str = "note",
    href: str = "",
    pill: str = "",
    id: str = "",
) -> SafeString:
    """Return one row of a work list: who, what and why; the content is its next act."""
    return render("work_item", content=content, title=title, text=text, why=why, icon=icon, href=href, pill=pill, id=id)


def empty(content: SafeString, title: str, *, icon: str = "inbox", text: str = "", small: bool = False) -> SafeString:
    """Return what an empty place is for; the content is the first step."""
    return render("empty", content=content, title=title, icon=icon, text=text, small=small)


def filter_bar(content: SafeString, chips: SafeString) -> SafeString:
    """Return a line with the conditions as `chips` and what else filters or sorts."""
    return render("filter_bar", content=content, chips=chips)
