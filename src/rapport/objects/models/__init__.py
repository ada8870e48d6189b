from rapport.objects.models.link import Link
from rapport.objects.models.object_type import ObjectType
from rapport.objects.models.record import SLOTS, Record

__all__ = ["SLOTS", "Link", "ObjectType", "Record"]
