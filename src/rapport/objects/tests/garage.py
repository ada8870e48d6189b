"""A garage: vehicles that belong to customers, and repairs that lead to their vehicle."""

from __future__ import annotations

from dataclasses import dataclass

from rapport.customers.services import custom_fields
from rapport.kernel.actors import SYSTEM
from rapport.objects.models import Link, ObjectType
from rapport.objects.services import links, types


@dataclass(frozen=True, slots=True)
class Garage:
    """The two types and the link between them."""

    vehicle: ObjectType
    repair: ObjectType
    link: Link


def garage() -> Garage:
    """Declare vehicles with make, mileage and features, and repairs with a price."""
    vehicle = types.add("Vehicle", "Vehicles", by=SYSTEM, name_label="Registration", icon="car")
    custom_fields.add(vehicle.noun, "Make", "choice", by=SYSTEM, options=["Audi", "Fiat", "Saab"])
    custom_fields.add(vehicle.noun, "Mileage", "number", by=SYSTEM)
    custom_fields.add(vehicle.noun, "Features", "choices", by=SYSTEM, options=["Hook", "Roof rack"])
    repair = types.add("Repair", "Repairs", by=SYSTEM, customer="none")
    custom_fields.add(repair.noun, "Price", "money", by=SYSTEM)
    custom_fields.add(repair.noun, "Done on", "date", by=SYSTEM)
    link = links.add(repair, "Vehicle", vehicle, by=SYSTEM, back_label="Repairs")
    return Garage(vehicle, repair, link)
