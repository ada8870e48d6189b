from rapport.customers.models.affiliation import Affiliation
from rapport.customers.models.consent import Consent
from rapport.customers.models.customer import Customer
from rapport.customers.models.duplicate import Duplicate, MatchKeys, ToCompare
from rapport.customers.models.identity import Identity
from rapport.customers.models.member import Member, SignInLink
from rapport.customers.models.merge import CustomerMerge, MovedRows
from rapport.customers.models.stage import StageSpan

__all__ = [
    "Affiliation",
    "Consent",
    "Customer",
    "CustomerMerge",
    "Duplicate",
    "Identity",
    "MatchKeys",
    "Member",
    "MovedRows",
    "SignInLink",
    "StageSpan",
    "ToCompare",
]
