from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rapport.conversations.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Mailbox(Noun):
    """An address of ours at which mail comes in and from which it goes out.

    What is secret (`secret`, `smtp_secret`, `oauth_secret`, `oauth_refresh`, `oauth_access`) is sealed by
    `kernel.secrets`. A mailbox works from `enabled_at` on, unless it is paused. `plus_at` is when a mail to its address
    with something after a plus was seen to arrive: only then do answers and bounces carry our token there.
    """

    VIEW: ClassVar[Right] = VIEW

    class Security(models.TextChoices):
        TLS = "tls", _("TLS from the start")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("None")

    address = models.CharField(_("address"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    aliases = ArrayField(
        models.CharField(max_length=254), verbose_name=_("further addresses"), default=list, blank=True
    )
    signature = models.TextField(_("signature"), blank=True)
    send_from = models.CharField(_("sender's name and address"), max_length=320, blank=True)

    imap_host = models.CharField(max_length=253, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    imap_user = models.CharField(max_length=254, blank=True)
    smtp_host = models.CharField(max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    smtp_user = models.CharField(max_length=254, blank=True)
    secret = models.TextField(blank=True)
    smtp_secret = models.TextField(blank=True)

    oauth_provider = models.CharField(max_length=40, blank=True)
    oauth_client_id = models.CharField(max_length=254, blank=True)
    oauth_secret = models.TextField(blank=True)
    oauth_authorize_url = models.CharField(max_length=500, blank=True)
    oauth_token_url = models.CharField(max_length=500, blank=True)
    oauth_scope = models.CharField(max_length=500, blank=True)
    oauth_refresh = models.TextField(blank=True)
    oauth_access = models.TextField(blank=True)
    oauth_expires_at = models.DateTimeField(null=True)

    backfill_days = models.PositiveSmallIntegerField(_("days to look back at the start"), default=30)
    enabled_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_because = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True)
    plus_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "mailboxes"
        constraints = [models.UniqueConstraint(Lower("address"), name="mailbox_address_once")]

    def __str__(self) -> str:
        return self.address

    @property
    def working(self) -> bool:
        """Whether mail is fetched and sent."""
        return self.enabled_at is not None and self.paused_at is None

    def addresses(self) -> frozenset[str]:
        """Return all addresses at which it takes mail, in small letters."""
        return frozenset(address.lower() for address in (self.address, *self.aliases))


class MailFolder(Noun):
    """A folder of a mailbox and how far it was read: IMAP's UIDVALIDITY and the last UID that was filed."""

    VIEW: ClassVar[Right] = VIEW

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="folders")
    name = models.CharField(max_length=250)
    uidvalidity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)

    objects = Door.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "name"], name="mail_folder_once")]

    def __str__(self) -> str:
        return self.name
