from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("commerce.view", _("See orders and products"))
CHANGE = Right("commerce.change", _("Place and change orders"))
PRODUCTS = Right("commerce.products", _("Manage products"))
REFUND = Right("commerce.refund", _("Cancel orders, take returns and refund"))
