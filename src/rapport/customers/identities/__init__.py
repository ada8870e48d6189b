"""Identities of customers in their normal form: e-mail, phone, handle, number in another system.

Pure functions without a database. Two identities are the same when their match keys are.
"""

from __future__ import annotations

from rapport.customers.identities.emails import email, is_free_mail
from rapport.customers.identities.firms import company_key
from rapport.customers.identities.freemail import FREE_MAIL_DOMAINS
from rapport.customers.identities.names import domain_key, person_key
from rapport.customers.identities.normal import BadIdentity, Normal
from rapport.customers.identities.others import external, handle
from rapport.customers.identities.phones import phone, phones_same

__all__ = [
    "FREE_MAIL_DOMAINS",
    "BadIdentity",
    "Normal",
    "company_key",
    "domain_key",
    "email",
    "external",
    "handle",
    "is_free_mail",
    "person_key",
    "phone",
    "phones_same",
]
