"""What may happen to a product."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.commerce.events import ProductChanged
from rapport.commerce.models import Product
from rapport.commerce.permissions import PRODUCTS
from rapport.kernel import clock, search
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb

EDITABLE = frozenset({"name", "category", "price_minor", "cost_minor", "currency"})


class NumberTaken(ValueError):
    """Another product has this number."""


@verb(PRODUCTS, publishes=(ProductChanged,))
def add(sku: str, *, by: Actor, **values: Any) -> Product:
    """Add a product under its number and return it. Raises `NumberTaken`."""
    at = clock.now()
    product = Product(sku=sku.strip(), created_at=at, updated_at=at, **values)
    product.search = search.stored(search.document(product.name, also=[search.fold(product.sku)]))
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError as error:
        raise NumberTaken(_("There is a product %(sku)s already.") % {"sku": product.sku}) from error
    publish(ProductChanged(sku=product.sku), by=by, subject=product)
    return product


@verb(PRODUCTS, publishes=(ProductChanged,))
def change(product: Product, *, by: Actor, **values: Any) -> Product:
    """Set `values` of name, category, price, cost and currency, and return the product."""
    row = Product.objects.select_for_update().get(pk=product.pk)
    before = {key: getattr(row, key) for key, new in values.items() if key in EDITABLE and getattr(row, key) != new}
    if not before:
        return row
    for key in before:
        setattr(row, key, values[key])
    row.updated_at = clock.now()
    row.search = search.stored(search.document(row.name, also=[search.fold(row.sku)]))
    row.save()
    publish(ProductChanged(sku=row.sku, before=before), by=by, subject=row)
    return row
