"""Where the team keeps conditions: in saved views."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rapport.kernel.conditions.kept import keep

keep("team.SavedView", _("Saved view"))
