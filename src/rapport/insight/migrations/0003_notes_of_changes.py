"""Triggers that note which rows changed, for the lake to read again.

One statement leaves one note per row, or, when it touched many, one note with the range of their keys: bulk loads
make ascending keys, so the range is tight; anything wider only means that more is read again than needed.
"""

from django.db import migrations

BY_ID = (
    "customers_customer",
    "customers_identity",
    "customers_consent",
    "customers_affiliation",
    "customers_stagespan",
    "timeline_activity",
    "promises_promise",
    "commerce_product",
    "commerce_order",
    "commerce_orderline",
    "commerce_payment",
    "commerce_refund",
    "commerce_shipment",
    "commerce_return",
    "commerce_returnline",
    "feedback_answer",
    "kernel_eventrecord",
)
BY_CUSTOMER = ("timeline_touch", "commerce_customertotals", "insight_score")

FUNCTION = """
CREATE FUNCTION insight_note_{key}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most integer := CASE TG_OP WHEN 'INSERT' THEN 100 ELSE 5000 END;
    found integer;
BEGIN
    SELECT count(*) INTO found FROM (SELECT FROM changed LIMIT most + 1) AS few;
    IF found = 0 THEN
        RETURN NULL;
    END IF;
    IF found <= most THEN
        INSERT INTO insight_change (source, low, high) SELECT TG_TABLE_NAME, {key}, {key} FROM changed;
    ELSE
        INSERT INTO insight_change (source, low, high) VALUES (
            TG_TABLE_NAME,
            (SELECT {key} FROM changed ORDER BY {key} LIMIT 1),
            (SELECT {key} FROM changed ORDER BY {key} DESC LIMIT 1)
        );
    END IF;
    RETURN NULL;
END $$;
"""

FUNCTION_ALL = """
CREATE FUNCTION insight_note_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO insight_change (source, low, high) VALUES (
        TG_TABLE_NAME, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
    );
    RETURN NULL;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER insight_note_inserted AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION insight_note_{key}();
CREATE TRIGGER insight_note_updated AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION insight_note_{key}();
CREATE TRIGGER insight_note_deleted AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION insight_note_{key}();
CREATE TRIGGER insight_note_truncated AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION insight_note_all();
"""

DROP = """
DROP TRIGGER insight_note_inserted ON {table};
DROP TRIGGER insight_note_updated ON {table};
DROP TRIGGER insight_note_deleted ON {table};
DROP TRIGGER insight_note_truncated ON {table};
"""

KEYS = {**dict.fromkeys(BY_ID, "id"), **dict.fromkeys(BY_CUSTOMER, "customer_id")}


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0002_lake_and_back_test"),
        ("kernel", "0001_first"),
        ("timeline", "0001_first"),
        ("promises", "0001_first"),
        ("commerce", "0001_first"),
        ("feedback", "0001_first"),
    ]
    operations = [
        migrations.RunSQL(
            FUNCTION.format(key="id") + FUNCTION.format(key="customer_id") + FUNCTION_ALL,
            "DROP FUNCTION insight_note_id; DROP FUNCTION insight_note_customer_id; DROP FUNCTION insight_note_all;",
        ),
        *(
            migrations.RunSQL(TRIGGERS.format(table=table, key=key), DROP.format(table=table))
            for table, key in KEYS.items()
        ),
    ]
