"""Addresses of the agent's page, below /inbox/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.inbox import acts, blocking, chat_acts, mails, printing, views, work, writing

HERE = "<int:number>/"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("new/", views.add, name="inbox_add"),
    path("spam/", views.others, {"view": "spam"}, name="inbox_spam"),
    path("unanswered/", views.others, {"view": "unanswered"}, name="inbox_unanswered"),
    path("blocked/", blocking.senders, name="inbox_blocked"),
    path("blocked/<uuid:key>/remove/", blocking.remove, name="inbox_unblock"),
    path("talk/<uuid:key>/", views.thread, name="inbox_thread"),
    path("files/<uuid:key>/", views.file, name="inbox_file"),
    path("messages/<uuid:key>/page/", mails.framed, name="inbox_framed"),
    path("messages/<uuid:key>/original/", mails.source, name="inbox_source"),
    path("messages/<uuid:key>/original.eml", mails.save, name="inbox_save"),
    path("messages/<uuid:key>/read-again/", mails.read_again, name="inbox_read_again"),
    path("messages/<uuid:key>/send-again/", mails.send_again, name="inbox_resend"),
    path("messages/<uuid:key>/pictures/", mails.pictures, name="inbox_pictures"),
    path("pictures/<uuid:key>/", mails.picture, name="inbox_picture"),
    path(HERE, views.ticket, name="inbox_ticket"),
    path(f"{HERE}here/", views.here, name="inbox_here"),
    path(f"{HERE}choices/", writing.choices, name="inbox_choices"),
    path(f"{HERE}texts/<uuid:key>/", writing.text, name="inbox_text"),
    path(f"{HERE}articles/<int:article>/", writing.article, name="inbox_article"),
    path(f"{HERE}preview/", writing.preview, name="inbox_preview"),
    path(f"{HERE}macros/<uuid:key>/", acts.macro, name="inbox_macro"),
    path(f"{HERE}reply/", writing.reply, name="inbox_reply"),
    path(f"{HERE}note/", writing.note, name="inbox_note"),
    path(f"{HERE}draft/", writing.draft, name="inbox_draft"),
    path(f"{HERE}messages/<uuid:message>/cancel/", writing.cancel, name="inbox_cancel"),
    path(f"{HERE}messages/<uuid:message>/again/", acts.send_again, name="inbox_again"),
    path(f"{HERE}print/", printing.sheet, name="inbox_print"),
    path(f"{HERE}work/", work.panel, name="inbox_work"),
    path(f"{HERE}why/", work.why, name="inbox_why"),
    path(f"{HERE}checklist/", work.checklist, name="inbox_checklist"),
    path(f"{HERE}time/", work.time, name="inbox_time"),
    path(f"{HERE}watch/", work.watch, name="inbox_watch"),
    path(f"{HERE}links/", work.link, name="inbox_links"),
    path(f"{HERE}follow-up/", work.follow_up, name="inbox_follow_up"),
    path(f"{HERE}typing/", chat_acts.typing, name="inbox_typing"),
    path(f"{HERE}visitors/<uuid:visitor>/block/", chat_acts.block, name="inbox_visitor_block"),
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
