from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("objects.view", _("See custom objects"))
CHANGE = Right("objects.change", _("Add and change custom objects"))
DELETE = Right("objects.delete", _("Move custom objects to the trash"))
EXPORT = Right("objects.export", _("Export custom objects"))
DESIGN = Right("objects.design", _("Say which custom objects there are"))
