from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("meetings.view", _("See meetings and the calendar"))
PLAN = Right("meetings.plan", _("Plan, move and cancel meetings"))
BOOK = Right("meetings.book", _("Take bookings and answers from outside"))
MANAGE = Right("meetings.manage", _("Offer times to book"))
