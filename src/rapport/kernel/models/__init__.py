from rapport.kernel.models.custom_field import CustomField
from rapport.kernel.models.event_record import EventRecord
from rapport.kernel.models.idempotency import Idempotency
from rapport.kernel.models.sequence import Sequence

__all__ = ["CustomField", "EventRecord", "Idempotency", "Sequence"]
