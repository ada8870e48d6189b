from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("service.view", _("See tickets"))
CHANGE = Right("service.change", _("Answer, change and solve tickets"))
POLICIES = Right("service.policies", _("Change calendars and service policies"))
