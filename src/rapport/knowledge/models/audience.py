from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.IntegerChoices):
    """Who may read: each level includes those before it, so a reader of level n reads what is at most n."""

    PUBLIC = 0, _("Everybody")
    CUSTOMERS = 1, _("Customers who signed in")
    STAFF = 2, _("Staff only")
