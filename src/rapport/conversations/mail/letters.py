"""The HTML of mails that we write: plain letters of people, and MJML for what the product sends itself."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib import resources

import mrml

from rapport.conversations.mail.cleaning import clean

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


class BadTemplate(ValueError):
    """The MJML of a template cannot be read; the message says where."""


def paragraphs(text: str) -> str:
    """Return plain text as HTML: paragraphs, line breaks, links."""
    blocks = [block for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip()) if block.strip()]
    return "".join(f"<p>{_linked(block)}</p>" for block in blocks)


def _linked(block: str) -> str:
    said, end = [], 0
    for match in _LINK.finditer(block):
        said.append(escape(block[end : match.start()]))
        said.append(f'<a href="{escape(match[0])}">{escape(match[0])}</a>')
        end = match.end()
    said.append(escape(block[end:]))
    return "".join(said).replace("\n", "<br>\n")


def letter(text: str, html: str = "", *, signature: str = "", quoted_html: str = "", quoted_by: str = "") -> str:
    """Return the HTML of a letter that a person writes: what they say, their signature, what they answer to."""
    body = clean(html).html if html else paragraphs(text)
    if signature.strip():
        body += f"<p>-- <br>\n{_linked(signature.strip())}</p>"
    if quoted_html:
        head = f'<div class="moz-cite-prefix">{escape(quoted_by)}</div>' if quoted_by else ""
        body += f'{head}<blockquote type="cite">{quoted_html}</blockquote>'
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'


def laid_out(title: str, body: str, *, footer: str = "", action: str = "", action_url: str = "") -> str:
    """Return the HTML of a mail that the product sends itself, by its MJML template.

    `body` and `footer` are plain text, `action` is what stands on the button that leads to `action_url`.
    """
    button = f'<mj-button href="{escape(action_url)}">{escape(action)}</mj-button>' if action and action_url else ""
    said = {
        "title": escape(title),
        "body": paragraphs(body),
        "footer": paragraphs(footer),
        "button": button,
    }
    return render(re.sub(r"\{\{ *(\w+) *\}\}", lambda match: said.get(match[1], ""), _template()))


def render(mjml: str) -> str:
    """Return the HTML of an MJML document. Raises `BadTemplate`."""
    try:
        return str(mrml.to_html(mjml).content)
    except (OSError, ValueError, RuntimeError) as error:
        raise BadTemplate(str(error)) from error


@cache
def _template() -> str:
    return resources.files("rapport.conversations.mail").joinpath("templates/letter.mjml").read_text("utf-8")
