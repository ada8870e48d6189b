from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("promises.view", _("See promises"))
CHANGE = Right("promises.change", _("Make, keep and release promises"))
