"""Triggers that note which rows of service changed, for the lake to read again.

Messages, threads and tickets change often in columns that the lake does not hold (counters, due moments, drafts of
state), so their updates are noted row by row, and only where a column of the lake is another one.
"""

from django.db import migrations

ROWS = """
CREATE FUNCTION insight_note_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO insight_change (source, low, high) VALUES (TG_TABLE_NAME, NEW.id, NEW.id);
    RETURN NULL;
END $$;
"""
OFTEN = {
    "conversations_message": (
        "thread_id", "direction", "sender_kind", "author_id", "customer_id", "at", "sent_at", "automatic", "fresh_text",
    ),
    "conversations_thread": ("channel", "customer_id", "spam_at", "deleted_at"),
    "service_ticket": (
        "type", "category", "channel", "queue_id", "owner_id", "requester_id", "tags", "policy_id", "follows_id",
        "opened_at", "first_response_at", "answers", "merged_into_id", "deleted_at",
    ),
}  # fmt: skip
PLAIN = (
    "service_clock", "service_statusspan", "service_ticketthread", "service_recovery", "service_amends",
    "service_slapolicy", "service_calendar", "service_calendarday", "knowledge_attempt", "knowledge_vote",
)  # fmt: skip
INSERTED = """
CREATE TRIGGER insight_note_inserted AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION insight_note_id();
"""
UPDATED = """
CREATE TRIGGER insight_note_updated AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION insight_note_id();
"""
UPDATED_ROWS = """
CREATE TRIGGER insight_note_updated AFTER UPDATE ON {table}
    FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION insight_note_row();
"""
GONE = """
CREATE TRIGGER insight_note_deleted AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION insight_note_id();
CREATE TRIGGER insight_note_truncated AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION insight_note_all();
"""
DROP = """
DROP TRIGGER insight_note_inserted ON {table};
DROP TRIGGER insight_note_updated ON {table};
DROP TRIGGER insight_note_deleted ON {table};
DROP TRIGGER insight_note_truncated ON {table};
"""


def triggers(table: str) -> str:
    """Return the SQL that makes the four triggers of a table."""
    if table not in OFTEN:
        return (INSERTED + UPDATED + GONE).format(table=table)
    old, new = (", ".join(f'{side}."{name}"' for name in OFTEN[table]) for side in ("OLD", "NEW"))
    return (INSERTED + UPDATED_ROWS + GONE).format(table=table, old=old, new=new)


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0005_history_of_scores"),
        ("conversations", "0003_tokens_behind_a_plus"),
        ("service", "0006_waiting"),
        ("knowledge", "0001_first"),
    ]
    operations = [
        migrations.RunSQL(ROWS, "DROP FUNCTION insight_note_row;"),
        *(migrations.RunSQL(triggers(table), DROP.format(table=table)) for table in (*OFTEN, *PLAIN)),
    ]
