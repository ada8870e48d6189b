"""Addresses of the agent's page, below /inbox/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.inbox import acts, views

HERE = "<int:number>/"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("new/", views.add, name="inbox_add"),
    path("spam/", views.others, {"view": "spam"}, name="inbox_spam"),
    path("unanswered/", views.others, {"view": "unanswered"}, name="inbox_unanswered"),
    path("talk/<uuid:key>/", views.thread, name="inbox_thread"),
    path("files/<uuid:key>/", views.file, name="inbox_file"),
    path(HERE, views.ticket, name="inbox_ticket"),
    path(f"{HERE}here/", views.here, name="inbox_here"),
    path(f"{HERE}choices/", views.choices, name="inbox_choices"),
    path(f"{HERE}texts/<uuid:key>/", views.text, name="inbox_text"),
    path(f"{HERE}macros/<uuid:key>/", acts.macro, name="inbox_macro"),
    path(f"{HERE}reply/", acts.reply, name="inbox_reply"),
    path(f"{HERE}note/", acts.note, name="inbox_note"),
    path(f"{HERE}draft/", acts.draft, name="inbox_draft"),
    path(f"{HERE}messages/<uuid:message>/cancel/", acts.cancel, name="inbox_cancel"),
    path(f"{HERE}messages/<uuid:message>/again/", acts.send_again, name="inbox_again"),
    path(f"{HERE}place/", acts.place, name="inbox_place"),
    path(f"{HERE}take/", acts.take, name="inbox_take"),
    path(f"{HERE}solve/", acts.solve, name="inbox_solve"),
    path(f"{HERE}change/", acts.change, name="inbox_change"),
    path(f"{HERE}snooze/", acts.snooze, name="inbox_snooze"),
    path(f"{HERE}merge/", acts.merge, name="inbox_merge"),
    path(f"{HERE}unmerge/", acts.unmerge, name="inbox_unmerge"),
    path(f"{HERE}split/", acts.split, name="inbox_split"),
    path(f"{HERE}spam/", acts.spam, name="inbox_mark_spam"),
    path(f"{HERE}trash/", acts.trash, name="inbox_trash"),
]
