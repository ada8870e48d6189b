from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("team.view", _("See the staff"))
MANAGE = Right("team.manage", _("Manage users, teams, roles and tokens"))
SETTINGS = Right("team.settings", _("Change the organisation's settings"))
VIEWS_SHARE = Right("team.views_share", _("Share saved views with everybody"))
EVENTS = Right("team.audit", _("See who changed what"))
