"""Tables of the app: `places` of the world first (firms), then what is known of them (facts), imports, access."""

from lianzhu.apps.enterprises.models.access import (
    SECOND_FACTOR,
    UNTIED,
    Access,
    AccessGrant,
    Invitation,
    Look,
    Role,
    RoleAssignment,
    access_of,
)
from lianzhu.apps.enterprises.models.facts import (
    Confidentiality,
    Contact,
    ControlledBy,
    FactValue,
    Origin,
    Place,
    Product,
    Record,
    RecordState,
    SupplyLink,
)
from lianzhu.apps.enterprises.models.firms import Chain, Controller, Enterprise, IdentityEvent, Membership
from lianzhu.apps.enterprises.models.imports import ImportBatch

__all__ = [
    "SECOND_FACTOR",
    "UNTIED",
    "Access",
    "AccessGrant",
    "Chain",
    "Confidentiality",
    "Contact",
    "ControlledBy",
    "Controller",
    "Enterprise",
    "FactValue",
    "IdentityEvent",
    "ImportBatch",
    "Invitation",
    "Look",
    "Membership",
    "Origin",
    "Place",
    "Product",
    "Record",
    "RecordState",
    "Role",
    "RoleAssignment",
    "SupplyLink",
    "access_of",
]
