"""What the back office puts into the frame of every page: entries of the rail and commands of the palette."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rapport.commerce.permissions import CHANGE as CHANGE_ORDERS
from rapport.commerce.permissions import VIEW as ORDERS
from rapport.customers.permissions import CHANGE as CHANGE_CUSTOMERS
from rapport.customers.permissions import DELETE as DELETE_CUSTOMERS
from rapport.customers.permissions import IMPORT
from rapport.customers.permissions import MERGE as MERGE_CUSTOMERS
from rapport.customers.permissions import VIEW as CUSTOMERS
from rapport.feedback.permissions import VIEW as FEEDBACK
from rapport.insight.permissions import VIEW as INSIGHT
from rapport.knowledge.permissions import VIEW as KNOWLEDGE
from rapport.knowledge.permissions import WRITE as WRITE_ARTICLES
from rapport.marketing.permissions import CHANGE as CHANGE_SEGMENTS
from rapport.marketing.permissions import VIEW as SEGMENTS
from rapport.meetings.permissions import PLAN as PLAN_MEETINGS
from rapport.meetings.permissions import VIEW as MEETINGS
from rapport.promises.permissions import CHANGE as CHANGE_PROMISES
from rapport.promises.permissions import VIEW as PROMISES
from rapport.service.permissions import CHANGE as CHANGE_TICKETS
from rapport.service.permissions import VIEW as TICKETS
from rapport.staff.inbox.lists import waiting_for_me
from rapport.staff.objects import framing
from rapport.staff.palette import sources
from rapport.staff.views.pins import pinned
from rapport.team.queries import organisation
from rapport.ui.navigation import NavItem, NewItem, Text, notice_with, offer, pin_with, register
from rapport.ui.palette import Command, Source, search_with
from rapport.ui.palette import register as command


def fill() -> None:
    """Register the entries of the rail."""
    register(NavItem("today", _("Today"), "sun", "staff:today", order=10, section="/", key="t"))
    register(NavItem("inbox", _("Inbox"), "inbox", "staff:inbox", TICKETS, order=25, count=waiting_for_me, key="i"))
    register(NavItem("calendar", _("Calendar"), "calendar", "staff:calendar_week", MEETINGS, order=27, key="k"))
    register(NavItem("insight", _("Insight"), "chart-line", "staff:insight", INSIGHT, order=80, key="s"))
    register(NavItem("imports", _("Imports"), "file-import", "staff:imports", IMPORT, order=85, place="foot"))
    register(NavItem("settings", _("Settings"), "settings", "staff:settings", order=90, place="foot"))
    register(NavItem("me", _("My account"), "user", "staff:me", order=10, place="me"))
    lists()
    searches()


def lists() -> None:
    """Register the lists, what may be added to them, and the views that a reader pinned."""
    register(NavItem("customers", _("Customers"), "users", "staff:customers", CUSTOMERS, order=20, key="c"))
    register(NavItem("segments", _("Segments"), "target", "staff:segments", SEGMENTS, order=65, key="m"))
    register(NavItem("orders", _("Orders"), "shopping-cart", "staff:orders", ORDERS, order=30, key="o"))
    register(NavItem("promises", _("Promises"), "heart-handshake", "staff:promises", PROMISES, order=40, key="p"))
    register(NavItem("knowledge", _("Help centre"), "book", "staff:knowledge", KNOWLEDGE, order=75, key="h"))
    offer(NewItem(_("Article"), "book", "staff:article_add", WRITE_ARTICLES, order=60))
    offer(NewItem(_("Customer"), "user-plus", "staff:customer_add", CHANGE_CUSTOMERS, order=10))
    offer(NewItem(_("Ticket"), "ticket", "staff:inbox_add", CHANGE_TICKETS, order=15))
    offer(NewItem(_("Meeting"), "calendar-event", "staff:meeting_add", PLAN_MEETINGS, order=35))
    offer(NewItem(_("Order"), "shopping-cart", "staff:order_add", CHANGE_ORDERS, order=20))
    offer(NewItem(_("Promise"), "heart-handshake", "staff:promise_add", CHANGE_PROMISES, order=30))
    offer(NewItem(_("Segment"), "target", "staff:segment_draft", CHANGE_SEGMENTS, order=50))
    register(NavItem("feedback", _("Feedback"), "star", "staff:feedback", FEEDBACK, order=60, key="f"))
    framing.fill()
    pin_with(pinned)
    notice_with(sample_data)


def searches() -> None:
    """Register what the palette searches, and the pages that stand in no other menu."""
    search_with(Source("customers", _("Customers"), sources.customers, CUSTOMERS, order=10))
    search_with(Source("orders", _("Orders"), sources.orders, ORDERS, order=20))
    search_with(Source("segments", _("Segments"), sources.segments, SEGMENTS, order=25))
    search_with(Source("products", _("Products"), sources.products, ORDERS, order=30))
    command(Command(_("Tickets"), "ticket", "staff:tickets", TICKETS, keywords=_("list filter export bulk")))
    command(
        Command(_("Duplicates"), "git-merge", "staff:duplicates", MERGE_CUSTOMERS, keywords=_("merge twins double"))
    )
    command(Command(_("Trash"), "trash", "staff:trash", DELETE_CUSTOMERS, keywords=_("deleted restore undo")))


def sample_data(request: HttpRequest) -> Text:
    """Return what stands above every page while the demonstration business is here."""
    if getattr(request, "user", None) is None or not request.user.is_authenticated:
        return ""
    if organisation().sample_since is not None:
        return _("Sample data: the purchases of a real shop, with made-up names. What is made up says so.")
    return ""
