from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.compiler import SQLCompiler
from django.db.models import F, QuerySet

from rapport.kernel.models import EventRecord, Sequence

ASKED: dict[str, Any] = {
    "whole rows": Sequence.objects.all,
    "in an order": lambda: EventRecord.objects.order_by("-at", "id")[:3],
    "some columns": lambda: EventRecord.objects.only("type"),
    "all but some": lambda: EventRecord.objects.defer("data"),
    "values": lambda: EventRecord.objects.values_list("type", flat=True),
    "more than columns": lambda: EventRecord.objects.annotate(when=F("at")),
    "another name for one": lambda: EventRecord.objects.filter(pk__in=EventRecord.objects.filter(type="x")),
    "two at once": lambda: Sequence.objects.filter(last=1).union(Sequence.objects.filter(last=2)),
    "none": lambda: Sequence.objects.filter(name__in=[]),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ASKED)
def test_a_query_is_written_as_django_writes_it(name: str) -> None:
    rows: QuerySet[Any] = ASKED[name]()
    ours, theirs = rows.query.clone(), rows.query.clone()
    try:
        expected = SQLCompiler(theirs, connection, "default").as_sql()
    except Exception as error:  # as for what cannot be there
        with pytest.raises(type(error)):
            ours.get_compiler("default").as_sql()
    else:
        for _ in range(2):
            assert rows.query.clone().get_compiler("default").as_sql() == expected
    assert list(rows) == []
