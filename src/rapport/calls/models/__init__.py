from rapport.calls.models.call import Call
from rapport.calls.models.switchboard import Extension, Report, Switchboard

__all__ = ["Call", "Extension", "Report", "Switchboard"]
