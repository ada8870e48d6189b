from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("marketing.view", _("See segments and who is in them"))
CHANGE = Right("marketing.change", _("Make segments and choose who is in them"))
