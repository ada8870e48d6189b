from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("feedback.view", _("See reviews and survey answers"))
CHANGE = Right("feedback.change", _("Record and answer feedback"))
