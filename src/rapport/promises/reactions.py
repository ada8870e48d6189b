"""What goes along when a customer is merged: what was promised to them."""

from __future__ import annotations

from rapport.customers.following import follow
from rapport.promises.models import Promise

follow(Promise, "customer")
