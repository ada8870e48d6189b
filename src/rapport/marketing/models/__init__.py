from rapport.marketing.models.membership import Membership
from rapport.marketing.models.segment import Segment

__all__ = ["Membership", "Segment"]
