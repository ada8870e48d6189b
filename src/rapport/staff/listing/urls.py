"""The addresses of a list: the page itself, its filter, columns, views, export and bulk verbs."""

from __future__ import annotations

from django.urls import URLPattern, path

from rapport.staff.listing import cells, grid_views, peeking, views
from rapport.staff.listing.nouns import Listing


def paths(listing: Listing) -> list[URLPattern]:
    """Return the addresses of `listing`, named after its own URL name: customers, customers_filter and so on."""
    return named(listing.url_name.rpartition(":")[2], {"listing": listing})


def named(name: str, given: dict[str, Listing] | None = None) -> list[URLPattern]:
    """Return the addresses of a list under `name`; unless the list is `given` the address before them says which."""
    return [
        path("", views.page, given, name=name),
        path("filter/", views.condition, given, name=f"{name}_filter"),
        path("columns/", views.columns, given, name=f"{name}_columns"),
        path("counts/", views.counts, given, name=f"{name}_counts"),
        path("save/", views.save, given, name=f"{name}_save"),
        path("export.<slug:kind>", views.export, given, name=f"{name}_export"),
        path("cell/<slug:column>/undo/<uuid:cause>/", cells.undo, given, name=f"{name}_cell_undo"),
        path("cell/<slug:column>/suggest/", cells.suggest, given, name=f"{name}_cell_suggest"),
        path("cell/<uuid:pk>/<slug:column>/", cells.cell, given, name=f"{name}_cell"),
        path("grid/rows/", grid_views.rows, given, name=f"{name}_grid_rows"),
        path("grid/changes/", grid_views.change, given, name=f"{name}_grid_changes"),
        path("grid/undo/", grid_views.back, given, name=f"{name}_grid_undo"),
        path("peek/<uuid:pk>/", peeking.peek, given, name=f"{name}_peek"),
        path("board/<slug:board>/<uuid:pk>/", cells.move, given, name=f"{name}_move"),
        path("bulk/<slug:verb>/", views.bulk, given, name=f"{name}_bulk"),
    ]
