"""How the portal looks and what it offers: the firm's name, colour and logo, from its settings."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields
from typing import Any

from rapport.team.models import Organisation
from rapport.team.queries import organisation
from rapport.ui.colours import NotAColour, parsed

POLICY = "portal"
COLOUR = "#2f6f5e"


@dataclass(frozen=True, slots=True)
class Brand:
    """What the firm decided. `logo` is the key of a file, `logo_type` its media type; `contact` a line for the foot."""

    name: str
    language: str
    zone: str
    colour: str = COLOUR
    welcome: str = ""
    site: str = ""
    contact: str = ""
    logo: str = ""
    logo_type: str = ""

    @property
    def mark(self) -> str:
        """A digest of what the style depends on, for addresses that browsers may keep."""
        return hashlib.sha256(f"{self.colour}{self.logo}".encode()).hexdigest()[:10]

    @property
    def letter(self) -> str:
        """The first letter of the name, for a firm without a logo."""
        return next((char for char in self.name if char.isalnum()), "·").upper()


OWN = tuple(one.name for one in fields(Brand) if one.name not in {"name", "language", "zone"})


def brand() -> Brand:
    """Return the brand of this installation; raises `NotSetUp`."""
    return of(organisation())


def of(firm: Organisation) -> Brand:
    """Return the brand of `firm`; a colour that is none is left out."""
    kept: dict[str, Any] = firm.policy.get(POLICY, {})
    known = {name: str(kept[name]) for name in OWN if kept.get(name)}
    try:
        parsed(known.get("colour", COLOUR))
    except NotAColour:
        known.pop("colour")
    return Brand(firm.name, firm.language, firm.zone, **known)


def changed(firm: Organisation, **values: str) -> dict[str, Any]:
    """Return the policy of `firm` with `values` as its brand."""
    own = {name: value for name, value in asdict(of(firm)).items() if name in OWN}
    return {**firm.policy, POLICY: {**own, **values}}
