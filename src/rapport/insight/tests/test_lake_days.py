"""Calendar days in a zone, for whole columns."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from rapport.insight.lake.days import local_days

ZONES = ["UTC", "Europe/London", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]
MOMENTS = st.lists(
    st.none() | st.integers(-(10**9), 3 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC)), max_size=30
)


@given(MOMENTS, st.sampled_from(ZONES))
def test_days_are_those_of_the_zone(moments: list[datetime | None], zone: str) -> None:
    found = local_days(pa.array(moments, pa.timestamp("us", "UTC")), zone).to_pylist()

    assert found == [None if at is None else at.astimezone(ZoneInfo(zone)).date() for at in moments]


def test_the_end_of_a_day_belongs_to_it_when_shifted() -> None:
    midnight = datetime(2024, 3, 2, tzinfo=UTC)

    assert str(local_days(pa.array([midnight], pa.timestamp("us", "UTC")), "UTC", -1)[0]) == "2024-03-01"
