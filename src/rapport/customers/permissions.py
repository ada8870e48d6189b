from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("customers.view", _("See customers"))
CHANGE = Right("customers.change", _("Add and change customers"))
DELETE = Right("customers.delete", _("Move customers to the trash"))
MERGE = Right("customers.merge", _("Merge and un-merge customers"))
EXPORT = Right("customers.export", _("Export customers"))
FIELDS = Right("customers.fields", _("Manage custom fields"))
IMPORT = Right("customers.import", _("Import and undo imports"))
