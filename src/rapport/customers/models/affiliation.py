from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.customers.models.customer import Customer
from rapport.customers.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Affiliation(Noun):
    """A person's part in a company, with a role and dates: who has left has an `until`.

    Since `manager_since` the person sees in the portal what the company's other people wrote and bought.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "person__owner_id"

    person = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="employers")
    company = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="people")
    role = models.CharField(_("role"), max_length=80, blank=True)
    primary = models.BooleanField(default=False)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    manager_since = models.DateTimeField(null=True, blank=True)

    objects = Door.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "company"], name="affiliation_once", condition=models.Q(until__isnull=True)
            ),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("company")), name="affiliation_not_with_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.company}"
