"""The mail with the link to sign in."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from rapport.customers.services.members import LINK_LASTS, make_link
from rapport.team.brand import brand


def send(address: str, *, language: str, origin: str, onward: str = "") -> bool:
    """Mail a link to `address` if a customer has it, in their language; return whether one was sent.

    `origin` is the site ("https://help.example.com"), `onward` the page that they wanted to see.
    """
    made = make_link(address) if settings.SENDS_MAIL else None
    if made is None:
        return False
    customer, token = made
    query = f"?{urlencode({'next': onward})}" if onward else ""
    spoken = customer.language if customer.language in dict(settings.LANGUAGES) else language
    with translation.override(spoken):
        context = {
            "brand": brand(),
            "customer": customer,
            "link": f"{origin}{reverse('my:link', args=[token])}{query}",
            "minutes": int(LINK_LASTS.total_seconds()) // 60,
        }
        subject = render_to_string("portal/access/mail_subject.txt", context).strip()
        text = render_to_string("portal/access/mail.txt", context)
        mail = EmailMultiAlternatives(subject, text, to=[address])
        mail.attach_alternative(render_to_string("portal/access/mail.html", context), "text/html")
        mail.extra_headers["Auto-Submitted"] = "auto-generated"
        mail.send()
    return True
