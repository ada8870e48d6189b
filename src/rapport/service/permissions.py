from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("service.view", _("See tickets"))
CHANGE = Right("service.change", _("Open, work on and solve tickets"))
MERGE = Right("service.merge", _("Merge, un-merge and split tickets"))
DELETE = Right("service.delete", _("Move tickets to the trash"))
TEXTS = Right("service.texts", _("Share macros, canned answers and templates with everybody"))
MANAGE = Right("service.manage", _("Manage statuses, queues and routing"))
POLICIES = Right("service.policies", _("Change calendars and service policies"))
