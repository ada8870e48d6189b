from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("calls.view", _("See calls and their recordings"))
REPORT = Right("calls.report", _("Report calls from a telephone system"))
MANAGE = Right("calls.manage", _("Connect the telephone system"))
