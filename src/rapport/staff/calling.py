"""Numbers that are called by a click: they lead to the telephone, and the page to the form that logs the call."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import quote
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rapport.calls.services.switchboard import switchboard
from rapport.ui.components.leaves import icon


class Dialler:
    """What numbers lead to, read once for a page and only when it shows one."""

    @cached_property
    def template(self) -> str:
        """The firm's template."""
        return switchboard().dial


def address(dial: str, number: str) -> str:
    """Return what `number` leads to by the firm's template `dial`."""
    plain = "".join(one for one in number if one.isdigit() or one == "+")
    safe = plain if dial.startswith("tel:") else quote(plain, safe="")
    return dial.replace("{number}", safe).replace("{digits}", plain.lstrip("+"))


def link(dialler: Dialler, number: str, customer_id: UUID | None, *, may_log: bool = True) -> SafeString:
    """Return a number as a link that calls it; afterwards the page goes to the form that logs the call."""
    href = address(dialler.template, number)
    web = SafeString(' target="_blank" rel="noopener noreferrer"') if href.startswith("https:") else ""
    then: SafeString | str = ""
    if customer_id is not None and may_log:
        form = f"{reverse('staff:customer', args=[customer_id])}?compose=call&called=1#composer"
        then = format_html(' data-then="{}"', form)
    title = _("Call %(number)s") % {"number": number}
    return format_html(
        '<a class="call-link" href="{}" title="{}"{}{}>{}{}</a>',
        href,
        title,
        web,
        then,
        icon("phone", "s"),
        number,
    )
