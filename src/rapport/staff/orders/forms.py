"""The forms of an order: placing it, and what happens to it afterwards. Amounts are typed in major units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.commerce.models import Order, OrderLine, Product
from rapport.commerce.permissions import CHANGE
from rapport.commerce.services.orders import NewLine
from rapport.kernel.actors import Actor
from rapport.kernel.money import Money, Price, decimals
from rapport.staff.customers.choosing import CustomerField
from rapport.ui.forms import DateInput

LINES = 5
MOST_LINES = 100


def amount(label: Any, currency: str, *, finer: int = 0, **more: Any) -> forms.DecimalField:
    """Return the input of an amount of `currency`, with so many more decimals than it has."""
    return forms.DecimalField(
        label=label, min_value=0, max_digits=14, decimal_places=decimals(currency) + finer,
        widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}), **more,
    )  # fmt: skip


def minor(value: Decimal | None, currency: str) -> int:
    """Return an amount as whole minor units; nothing is 0."""
    return Money.of(value, currency).minor if value else 0


class OrderForm(forms.Form):
    """For whom, until when, and what comes on top of the lines."""

    promised_on = forms.DateField(
        label=_("Promised for"), required=False, widget=DateInput(), help_text=_("The delivery becomes a promise.")
    )
    channel = forms.CharField(label=_("Channel"), max_length=40, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, actor: Actor, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.currency = currency
        self.fields["customer"] = CustomerField(actor=actor, right=CHANGE)
        for name, label in (("shipping", _("Shipping")), ("tax", _("Tax")), ("discount", _("Discount"))):
            self.fields[name] = amount(label, currency, required=False)
        self.order_fields(["customer", "promised_on", "channel", "shipping", "tax", "discount", "note"])

    def values(self) -> dict[str, Any]:
        """Return what the verb takes beside customer and lines."""
        given = self.cleaned_data
        sums = {f"{name}_minor": minor(given[name], self.currency) for name in ("shipping", "tax", "discount")}
        return {name: given[name] for name in ("promised_on", "channel", "note")} | sums


class LineForm(forms.Form):
    """One line: a product by its number, how many, and the price of one where it differs."""

    sku = forms.CharField(
        label=_("Product number"), max_length=80, required=False, widget=forms.TextInput({"list": "products"})
    )
    name = forms.CharField(label=_("Name"), max_length=300, required=False)
    quantity = forms.DecimalField(label=_("Quantity"), required=False, max_digits=14, decimal_places=3, initial=1)

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.currency = currency
        self.fields["price"] = amount(_("Price"), currency, finer=4, required=False)

    def clean(self) -> dict[str, Any]:
        """Look the product up for the price and the name that were left out; a line without both is refused."""
        given = super().clean() or {}
        if self.blank:
            return given
        product = Product.objects.filter(sku=given.get("sku", "")).first() if given.get("sku") else None
        if given.get("quantity") is None:
            self.add_error("quantity", _("How many?"))
        if product is None and not given.get("name"):
            self.add_error("sku", _("There is no product with this number; give the line a name."))
        if given.get("price") is None and "price" not in self.errors:
            if product is None or product.price_minor is None:
                self.add_error("price", _("What does one cost?"))
            else:
                given["price"] = Money(product.price_minor, product.currency or self.currency).amount
        return given

    @property
    def blank(self) -> bool:
        """Whether nothing was put in."""
        given = getattr(self, "cleaned_data", {})
        return not given.get("sku") and not given.get("name") and given.get("price") is None

    def line(self) -> NewLine:
        """Return the line as the verb takes it."""
        given = self.cleaned_data
        price = Price.of(given["price"], self.currency).minor
        return NewLine(sku=given["sku"], name=given["name"], quantity=given["quantity"], unit_price_minor=price)


def line_forms(data: Any, currency: str) -> list[LineForm]:
    """Return the forms of the lines: five empty ones, or as many as were sent and five more when that was asked."""
    if data is None:
        return [LineForm(prefix=f"line-{at}", currency=currency) for at in range(LINES)]
    sent = max(
        (int(name.split("-")[1]) + 1 for name in data if name.startswith("line-") and _numbered(name)), default=0
    )
    bound = [LineForm(data, prefix=f"line-{at}", currency=currency) for at in range(min(sent, MOST_LINES))]
    if "more" in data and sent < MOST_LINES:
        bound += [LineForm(prefix=f"line-{at}", currency=currency) for at in range(sent, sent + LINES)]
    return bound


def _numbered(name: str) -> bool:
    return name.split("-")[1].isdigit()


class PaymentForm(forms.Form):
    """Money that came in."""

    method = forms.CharField(label=pgettext_lazy("means of payment", "By"), max_length=40, required=False,
                             widget=forms.TextInput({"placeholder": _("card, transfer…")}))  # fmt: skip
    reference = forms.CharField(label=_("Reference"), max_length=80, required=False)

    def __init__(self, *args: Any, order: Order, open_minor: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["amount"] = amount(
            _("Amount (%(code)s)") % {"code": order.currency}, order.currency,
            initial=Money(max(open_minor, 0), order.currency).amount,
        )  # fmt: skip
        self.order_fields(["amount"])


class ShipForm(forms.Form):
    """A parcel that leaves."""

    carrier = forms.CharField(label=_("Carrier"), max_length=80, required=False)
    tracking = forms.CharField(label=_("Tracking number"), max_length=120, required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class RefundForm(ReasonForm):
    """Money that goes back."""

    def __init__(self, *args: Any, order: Order, left_minor: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["amount"] = amount(
            _("Amount (%(code)s)") % {"code": order.currency}, order.currency,
            initial=Money(max(left_minor, 0), order.currency).amount,
        )  # fmt: skip
        self.order_fields(["amount"])


class ReturnForm(ReasonForm):
    """How many of each line come back."""

    def __init__(self, *args: Any, lines: list[OrderLine], **more: Any) -> None:
        super().__init__(*args, **more)
        self.lines = lines
        for line in lines:
            label = f"{line.name or line.sku} ({line.quantity.normalize():f})"
            self.fields[f"line-{line.pk}"] = forms.DecimalField(
                label=label, min_value=0, max_digits=14, decimal_places=3, required=False
            )
        self.order_fields([f"line-{line.pk}" for line in lines])

    def quantities(self) -> dict[Any, Decimal]:
        """Return how many of each line come back, by the line's id."""
        given = {line.pk: self.cleaned_data[f"line-{line.pk}"] for line in self.lines}
        return {key: quantity for key, quantity in given.items() if quantity}
