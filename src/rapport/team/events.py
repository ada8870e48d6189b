"""The news of the staff: who changed what in the installation itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("team.organisation_changed", _("Settings changed"), _("changed the settings"), group="team", icon="settings",
       timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class OrganisationChanged(Event):
    """Settings of the organisation changed. `changes` maps each one to its old and its new value."""

    changes: dict[str, list[Any]] = field(default_factory=dict)


@event("team.user_changed", _("User changed"), _("{what} {email}"), group="team", icon="user-cog",
       personal=("email",), timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class UserChanged(Event):
    """A user was invited, changed, deactivated or brought back."""

    email: str
    what: str


@event("team.role_changed", _("Role changed"), _("changed the role {name}"), group="team", icon="shield",
       timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class RoleChanged(Event):
    """What a role may do was changed. `before` and `after` map rights to their reach."""

    name: str
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)


@event("team.role_added", _("Role added"), _("added the role {name}"), group="team", icon="shield", timeline=False,
       webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class RoleAdded(Event):
    """A role was added. `grants` maps the rights it began with to their reach."""

    name: str
    grants: dict[str, str] = field(default_factory=dict)


@event("team.role_renamed", _("Role renamed"), _("renamed the role {before} to {name}"), group="team", icon="shield",
       timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class RoleRenamed(Event):
    """A role is called by another name."""

    name: str
    before: str


@event("team.role_removed", _("Role removed"), _("removed the role {name}"), group="team", icon="shield",
       timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class RoleRemoved(Event):
    """A role that nobody had was removed. `grants` is what it allowed."""

    name: str
    grants: dict[str, str] = field(default_factory=dict)


@event("team.token_issued", _("API token issued"), _("issued the token {name}"), group="team", icon="key",
       timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class TokenIssued(Event):
    """A key for another program was made."""

    name: str
    scopes: list[str] = field(default_factory=list)


@event("team.token_revoked", _("API token revoked"), _("revoked the token {name}"), group="team", icon="key-off",
       timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class TokenRevoked(Event):
    """A key was taken back."""

    name: str


@event("team.list_exported", _("List exported"), _("exported the list {name} as {kind}"), group="team",
       icon="download", personal=("condition", "search"), timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class ListExported(Event):
    """Somebody took the rows of a list out as a file: by which filter and search, with which columns."""

    name: str
    kind: str
    condition: str = ""
    search: str = ""
    columns: list[str] = field(default_factory=list)


@event("team.team_changed", _("Team changed"), _("{what} the team {name}"), group="team", icon="users-group",
       timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class TeamChanged(Event):
    """A team was added, renamed, removed, or other people are in it. `members` are their names."""

    name: str
    what: str
    members: list[str] = field(default_factory=list)
