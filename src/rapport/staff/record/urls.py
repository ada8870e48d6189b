"""Addresses of the customer page, below /customers/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.record import acts, belonging, knowing, promising, reasons, replying, signing_in, views

HERE = "<uuid:pk>/"

urlpatterns = [
    path(HERE, views.customer, name="customer"),
    path(f"{HERE}panels/<slug:name>/", views.panel, name="customer_panel"),
    path(f"{HERE}relationship/", reasons.relationship_page, name="customer_relationship"),
    path(f"{HERE}relationship/kind/", reasons.choose_kind, name="customer_kind"),
    path(f"{HERE}trash/", acts.trash, name="customer_trash"),
    path(f"{HERE}restore/", acts.restore, name="customer_restore"),
    path(f"{HERE}compose/<slug:kind>/", acts.send, name="customer_compose"),
    path(f"{HERE}log/<uuid:activity>/", acts.rewrite, name="customer_log"),
    path(f"{HERE}log/<uuid:activity>/revert/", acts.revert, name="customer_log_revert"),
    path(f"{HERE}log/<uuid:activity>/remove/", acts.remove, name="customer_log_remove"),
    path(f"{HERE}log/<uuid:activity>/restore/", acts.restore_entry, name="customer_log_restore"),
    path(f"{HERE}promises/<uuid:promise>/fulfil/", promising.fulfil, name="customer_promise_fulfil"),
    path(f"{HERE}promises/<uuid:promise>/reopen/", promising.reopen, name="customer_promise_reopen"),
    path(f"{HERE}promises/<uuid:promise>/unmake/", promising.unmake, name="customer_promise_unmake"),
    path(f"{HERE}promises/<uuid:promise>/<slug:act>/", promising.change, name="customer_promise"),
    path(f"{HERE}feedback/<uuid:answer>/", replying.feedback, name="customer_feedback"),
    path(f"{HERE}identities/", knowing.add_identity, name="customer_identity_add"),
    path(f"{HERE}identities/<uuid:identity>/remove/", knowing.remove_identity, name="customer_identity_remove"),
    path(f"{HERE}identities/<uuid:identity>/restore/", knowing.restore_identity, name="customer_identity_restore"),
    path(f"{HERE}belonging/", belonging.join, name="customer_belonging"),
    path(f"{HERE}belonging/<uuid:affiliation>/leave/", belonging.leave, name="customer_belonging_leave"),
    path(f"{HERE}belonging/<uuid:affiliation>/return/", belonging.come_back, name="customer_belonging_return"),
    path(f"{HERE}belonging/<uuid:affiliation>/remove/", belonging.remove, name="customer_belonging_remove"),
    path(f"{HERE}portal/<slug:act>/", signing_in.act, name="customer_portal"),
    path(f"{HERE}manager/<uuid:affiliation>/", signing_in.manage, name="customer_manager"),
    path(f"{HERE}consent/", knowing.consent, name="customer_consent"),
]
