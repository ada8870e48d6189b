"""Every component as a template tag, and the formats as filters. The functions are in `ui.components`."""

from __future__ import annotations

from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template import Context
from django.template.base import Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from rapport.ui import formats, stylesheet
from rapport.ui.components import blocks, charts, heat, leaves, parts
from rapport.ui.components import table as tables

register = template.Library()

for leaf in (
    leaves.icon,
    leaves.pill,
    leaves.delta,
    leaves.avatar,
    leaves.who,
    leaves.meter,
    leaves.score,
    leaves.kbd,
    leaves.when,
    leaves.spinner,
):
    register.simple_tag(leaf)

for part in (
    parts.stat,
    parts.meter_block,
    parts.elements,
    parts.facts,
    parts.tabs,
    parts.chips,
    parts.pager,
    parts.steps,
    parts.progress,
    parts.breadcrumb,
    parts.skeleton,
    blocks.button,
    blocks.menu_item,
    charts.chart,
    heat.heat,
):
    register.simple_tag(part)

for block in (
    blocks.card,
    blocks.section,
    blocks.alert,
    blocks.dialog,
    blocks.drawer,
    blocks.menu,
    blocks.button_group,
    blocks.definition,
    blocks.event,
    blocks.work_item,
    blocks.empty,
):
    register.simple_block_tag(block)

for written in (
    formats.number,
    formats.compact,
    formats.percent,
    formats.signed,
    formats.money,
    formats.day,
    formats.hour,
    formats.moment,
    formats.ago,
    formats.duration,
    leaves.initials,
):
    register.filter(written.__name__, written)

register.filter("tone", leaves.tone_of)


@register.simple_tag(takes_context=True)
def table(context: Context, shown: tables.Table) -> SafeString:
    """Return a table whose sort links keep the parameters of this address."""
    request = context.get("request")
    return tables.table(shown, request.GET if request is not None else None)


@register.simple_tag(takes_context=True)
def toast(context: Context, text: str, tone: str = "good", undo: str = "") -> SafeString:
    """Return a toast; its Undo is a form of this request."""
    request = context.get("request")
    return parts.toast(text, tone, undo, get_token(request) if undo and request is not None else "")


@register.simple_block_tag
def code(content: str) -> SafeString:
    """Return preformatted text."""
    return leaves.code(content)


@register.simple_block_tag
def filter_bar(content: SafeString, chips: Any = ()) -> SafeString:
    """Return a line of chips that say the filter, and what else stands in it."""
    return blocks.filter_bar(content, parts.chips(chips) if chips else mark_safe(""))


class Lasting(template.Node):
    """A part of a page that is the same for everybody who reads the language: made once by each process."""

    def __init__(self, content: template.NodeList) -> None:
        self.content = content
        self.known: dict[str, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """Return the part in the active language."""
        language = get_language() or ""
        if language not in self.known:
            self.known[language] = self.content.render(Context(autoescape=context.autoescape))
        return self.known[language]


@register.tag
def lasting(parser: Parser, token: Token) -> Lasting:
    """Keep what stands up to `endlasting`, which may depend on nothing but the language."""
    content = parser.parse(("endlasting",))
    parser.delete_first_token()
    return Lasting(content)


@register.simple_tag
def stylesheet_url() -> str:
    """Return the address of the style sheet; it changes when the sheet does."""
    return stylesheet.address()
