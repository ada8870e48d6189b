"""What goes along when a customer is merged: what they looked for."""

from __future__ import annotations

from rapport.customers.following import follow
from rapport.knowledge.models import Attempt

follow(Attempt, "customer")
