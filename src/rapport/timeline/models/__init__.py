from rapport.timeline.models.activity import Activity
from rapport.timeline.models.touch import Touch

__all__ = ["Activity", "Touch"]
