"""Where the mail providers that take no passwords let people sign in, and where their servers are.

Sources: Google, "OAuth 2.0 for web server applications" and "XOAUTH2 mechanism"; Microsoft, "Authenticate an IMAP, POP
or SMTP connection using OAuth".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rapport.conversations.models import Mailbox


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: the pages of its sign-in, what is asked for there, and its servers (host, port, security)."""

    name: str
    authorize_url: str
    token_url: str
    scope: str
    imap: tuple[str, int, str]
    smtp: tuple[str, int, str]
    extra: Mapping[str, str] = field(default_factory=dict)

    def servers(self) -> dict[str, object]:
        """Return the servers as values of a mailbox."""
        names = ("host", "port", "security")
        pairs = (("imap", self.imap), ("smtp", self.smtp))
        return {f"{way}_{name}": value for way, server in pairs for name, value in zip(names, server, strict=True)}


TLS, STARTTLS = str(Mailbox.Security.TLS), str(Mailbox.Security.STARTTLS)
PROVIDERS: Mapping[str, Provider] = {
    "google": Provider(
        "Google",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://mail.google.com/",
        ("imap.gmail.com", 993, TLS),
        ("smtp.gmail.com", 465, TLS),
        {"access_type": "offline", "prompt": "consent"},
    ),
    "microsoft": Provider(
        "Microsoft",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
        ("outlook.office365.com", 993, TLS),
        ("smtp.office365.com", 587, STARTTLS),
        {"prompt": "select_account"},
    ),
}
