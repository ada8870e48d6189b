"""Taking the demonstration away: everything marked as sample goes, and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from rapport.commerce.models import Order, Product
from rapport.conversations.services.forgetting import let_go
from rapport.customers.models import Customer
from rapport.demo.services.loading import NAMESPACE
from rapport.demo.week import CAUSE
from rapport.demo.week.shelf import forget_searches
from rapport.imports.models import ImportRun
from rapport.kernel import removing
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.knowledge.models import Article
from rapport.service.models import Ticket
from rapport.team.events import OrganisationChanged
from rapport.team.models import Organisation
from rapport.team.permissions import SETTINGS

PROFILES = (NAMESPACE, "sample_people")
MADE = (
    "feedback_survey", "meetings_meeting", "calls_call", "conversations_chatsite", "conversations_mailbox",
    "service_macro", "service_cannedanswer", "service_slapolicy", "service_calendar", "service_queue",
    "knowledge_synonyms", "marketing_segment", "team_user",
)  # fmt: skip
"""The tables of what the week was played with, which is found by the events that name the week as their cause."""
_CHOOSE = """
CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT id FROM customers_customer c WHERE sample AND NOT EXISTS
    (SELECT 1 FROM commerce_order o WHERE o.customer_id = c.id AND NOT o.sample);
CREATE TEMP TABLE gone_orders ON COMMIT DROP AS SELECT id FROM commerce_order WHERE sample;
CREATE TEMP TABLE gone_threads ON COMMIT DROP AS SELECT id FROM conversations_thread WHERE sample;
CREATE TEMP TABLE gone_tickets ON COMMIT DROP AS SELECT id FROM service_ticket WHERE sample;
CREATE TEMP TABLE gone_files ON COMMIT DROP AS
    SELECT a.key FROM conversations_attachment a JOIN conversations_message m ON m.id = a.message_id
    WHERE a.key <> '' AND m.thread_id IN (SELECT id FROM gone_threads);
CREATE TEMP TABLE gone_articles ON COMMIT DROP AS SELECT id, category_id FROM knowledge_article WHERE sample;
CREATE TEMP TABLE made ON COMMIT DROP AS
    SELECT DISTINCT subject_type, subject_id AS id FROM kernel_eventrecord WHERE cause_id = %s;
DELETE FROM kernel_eventrecord WHERE customer_id IN (SELECT id FROM gone)
    OR subject_id IN (SELECT id FROM gone_orders UNION ALL SELECT id FROM gone_threads
        UNION ALL SELECT id FROM gone_tickets UNION ALL SELECT id FROM gone_articles
        UNION ALL SELECT id FROM conversations_message WHERE thread_id IN (SELECT id FROM gone_threads))
    OR cause_id = %s OR cause_id IN (SELECT id FROM imports_importrun WHERE profile = ANY(%s));
"""
_SAMPLES = """
DELETE FROM promises_promise WHERE sample OR customer_id IN (SELECT id FROM gone);
DELETE FROM feedback_answer WHERE sample OR customer_id IN (SELECT id FROM gone)
    OR order_id IN (SELECT id FROM gone_orders)
"""
_GOODS = """
CREATE TEMP TABLE gone_goods ON COMMIT DROP AS SELECT id FROM commerce_product p WHERE sample
    AND NOT EXISTS (SELECT 1 FROM commerce_orderline l WHERE l.product_id = p.id)
"""
_DOORS = """
DELETE FROM service_intake WHERE queue_id IN (SELECT id FROM made) OR mailbox_id IN (SELECT id FROM made)
"""
_SHELVES = """
CREATE TEMP TABLE gone_shelves ON COMMIT DROP AS SELECT id FROM knowledge_category c
    WHERE id IN (SELECT id FROM made WHERE subject_type = 'knowledge.category')
    AND NOT EXISTS (SELECT 1 FROM knowledge_article a WHERE a.category_id = c.id)
    AND NOT EXISTS (SELECT 1 FROM knowledge_category k WHERE k.parent_id = c.id)
"""
_UNUSED = {
    "service_queue": "NOT EXISTS (SELECT 1 FROM service_ticket k WHERE k.queue_id = t.id)",
    "marketing_segment": (
        "NOT EXISTS (SELECT 1 FROM marketing_segment k WHERE k.condition::text LIKE '%%' || t.id || '%%' "
        "AND k.id NOT IN (SELECT id FROM made WHERE subject_type = 'marketing.segment'))"
    ),
    "service_calendar": "NOT EXISTS (SELECT 1 FROM service_slapolicy k WHERE k.calendar_id = t.id)",
}
_STAY = "UPDATE customers_customer SET sample = false WHERE sample"


@dataclass(frozen=True, slots=True)
class Holding:
    """How much of the demonstration there is."""

    customers: int
    orders: int
    products: int
    tickets: int = 0
    articles: int = 0


def held() -> Holding:
    """Count what would go."""
    return Holding(
        customers=Customer.objects.filter(sample=True).count(),
        orders=Order.objects.filter(sample=True).count(),
        products=Product.objects.filter(sample=True).count(),
        tickets=Ticket.objects.filter(sample=True).count(),
        articles=Article.objects.filter(sample=True).count(),
    )


@transaction.atomic
def remove(*, by: Actor) -> Holding:
    """Remove the demonstration, all or nothing, and return what went.

    Customers of it who have ordered something real since stay, as real ones. Needs the right to change settings.
    """
    by.require(SETTINGS)
    gone = held()
    with connection.cursor() as cursor:
        cursor.execute(_CHOOSE, [CAUSE, CAUSE, list(PROFILES)])
        cursor.execute(_SAMPLES)
        _remove_week(cursor)
        removing.remove("commerce_order", "gone_orders")
        cursor.execute(_GOODS)
        removing.remove("commerce_product", "gone_goods")
        removing.remove("customers_customer", "gone")
        cursor.execute(_STAY)
    forget_searches()
    ImportRun.objects.filter(profile__in=PROFILES).delete()
    Organisation.objects.update(sample_since=None)
    changes = {"sample": [f"{gone.customers} customers, {gone.orders} orders, {gone.products} products", None]}
    publish(OrganisationChanged(changes=changes), by=by)
    return gone


def _remove_week(cursor: CursorWrapper) -> None:
    """Remove the made-up talk, and then what it was played with; a queue that holds real tickets stays."""
    removing.remove("service_ticket", "gone_tickets")
    removing.remove("conversations_thread", "gone_threads")
    removing.remove("knowledge_article", "gone_articles")
    cursor.execute(_DOORS)
    cursor.execute(_SHELVES)
    removing.remove("knowledge_category", "gone_shelves")
    for table in MADE:
        app, _gap, noun = table.partition("_")
        cursor.execute(
            f"CREATE TEMP TABLE made_{table} ON COMMIT DROP AS SELECT id FROM {table} t "  # noqa: S608 names of ours
            f"WHERE id IN (SELECT id FROM made WHERE subject_type = %s) AND {_UNUSED.get(table, 'true')}",
            [f"{app}.{noun}"],
        )
        removing.remove(table, f"made_{table}")
    cursor.execute("SELECT key FROM gone_files")
    keys = {key for (key,) in cursor.fetchall()}
    transaction.on_commit(lambda: let_go(keys))
