from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("timeline.view", _("See the timeline"))
LOG = Right("timeline.log", _("Log notes, calls and meetings"))
REPORT = Right("timeline.report", _("Report touchpoints from outside"))
