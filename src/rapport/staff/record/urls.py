"""Addresses of the customer page, below /customers/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.record import acts, knowing, promising, reasons, views

HERE = "<uuid:pk>/"

urlpatterns = [
    path(HERE, views.customer, name="customer"),
    path(f"{HERE}panels/<slug:name>/", views.panel, name="customer-panel"),
    path(f"{HERE}relationship/", reasons.relationship_page, name="customer-relationship"),
    path(f"{HERE}trash/", acts.trash, name="customer-trash"),
    path(f"{HERE}restore/", acts.restore, name="customer-restore"),
    path(f"{HERE}compose/<slug:kind>/", acts.send, name="customer-compose"),
    path(f"{HERE}log/<uuid:activity>/", acts.rewrite, name="customer-log"),
    path(f"{HERE}log/<uuid:activity>/revert/", acts.revert, name="customer-log-revert"),
    path(f"{HERE}log/<uuid:activity>/remove/", acts.remove, name="customer-log-remove"),
    path(f"{HERE}log/<uuid:activity>/restore/", acts.restore_entry, name="customer-log-restore"),
    path(f"{HERE}promises/<uuid:promise>/fulfil/", promising.fulfil, name="customer-promise-fulfil"),
    path(f"{HERE}promises/<uuid:promise>/reopen/", promising.reopen, name="customer-promise-reopen"),
    path(f"{HERE}promises/<uuid:promise>/unmake/", promising.unmake, name="customer-promise-unmake"),
    path(f"{HERE}promises/<uuid:promise>/<slug:act>/", promising.change, name="customer-promise"),
    path(f"{HERE}identities/", knowing.add_identity, name="customer-identity-add"),
    path(f"{HERE}identities/<uuid:identity>/remove/", knowing.remove_identity, name="customer-identity-remove"),
    path(f"{HERE}identities/<uuid:identity>/restore/", knowing.restore_identity, name="customer-identity-restore"),
    path(f"{HERE}consent/", knowing.consent, name="customer-consent"),
]
