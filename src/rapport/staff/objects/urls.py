"""Addresses of custom objects, below /objects/: the key of its type says whose list or page it is."""

from __future__ import annotations

from django.urls import include, path, register_converter

from rapport.objects.models import ObjectType
from rapport.objects.queries import types
from rapport.staff.listing.nouns import Listing
from rapport.staff.listing.urls import named
from rapport.staff.objects import views
from rapport.staff.objects.listings import listing_of, trash_of


class TypeConverter:
    """The key of a type that is not archived, as that type."""

    regex = "[a-z][a-z0-9_]*"

    def to_python(self, value: str) -> ObjectType:
        """Return the type; raises `ValueError` when there is none, so that the address leads nowhere."""
        found = next((one for one in types() if one.key == value), None)
        if found is None:
            raise ValueError(value)
        return found

    def to_url(self, value: ObjectType | str) -> str:
        """Return the key."""
        return value.key if isinstance(value, ObjectType) else value


class ListConverter:
    """The key of a type, as the list of its records."""

    regex = TypeConverter.regex

    def to_python(self, value: str) -> Listing:
        """Return the list; raises `ValueError` without such a type."""
        return listing_of(TypeConverter().to_python(value))

    def to_url(self, value: str) -> str:
        """Return the key."""
        return value


class TrashConverter(ListConverter):
    """The key of a type, as the list of its records in the trash."""

    def to_python(self, value: str) -> Listing:
        """Return the list; raises `ValueError` without such a type."""
        return trash_of(TypeConverter().to_python(value))


register_converter(TypeConverter, "type")
register_converter(ListConverter, "records")
register_converter(TrashConverter, "trashed_records")

urlpatterns = [
    path("<records:listing>/", include(named("objects"))),
    path("<trashed_records:listing>/trash/", include(named("objects_trash"))),
    path("<type:kind>/add/", views.add, name="objects_add"),
    path("<type:kind>/suggest/", views.suggest, name="objects_suggest"),
    path("<type:kind>/<uuid:pk>/", views.record, name="record"),
    path("<type:kind>/<uuid:pk>/edit/", views.edit, name="record_edit"),
    path("<type:kind>/<uuid:pk>/unedit/", views.unedit, name="record_unedit"),
    path("<type:kind>/<uuid:pk>/trash/", views.trash, name="record_trash"),
    path("<type:kind>/<uuid:pk>/restore/", views.restore, name="record_restore"),
]
