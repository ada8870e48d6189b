from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("insight.view", _("See metrics and dashboards"))
CHANGE = Right("insight.change", _("Set targets, weights and rules of insight"))
