from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("knowledge.view", _("See help articles and how they are used"))
WRITE = Right("knowledge.write", _("Write help articles"))
PUBLISH = Right("knowledge.publish", _("Publish help articles and arrange them"))
