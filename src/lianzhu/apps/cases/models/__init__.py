"""Tables of the app: `case` (the case, its log and what people wrote), `rules` (limits and the like, as dated data),
`calendar` (days that differ), `messages` (what waits to be told to people).
"""

from lianzhu.apps.cases.models.calendar import DayNotice, OfficeHours, WorkDay
from lianzhu.apps.cases.models.case import (
    IS_OPEN,
    Case,
    CaseEvent,
    CaseFile,
    CaseNumber,
    HelperPart,
    Kind,
    Saying,
    SealedNote,
    tied_to_a_firm,
    works_for,
)
from lianzhu.apps.cases.models.messages import Address, Channel, Digest, Message, Post
from lianzhu.apps.cases.models.rules import Absence, AssignmentRule, Category, KnownAnswer, Limits

__all__ = [
    "IS_OPEN",
    "Absence",
    "Address",
    "AssignmentRule",
    "Case",
    "CaseEvent",
    "CaseFile",
    "CaseNumber",
    "Category",
    "Channel",
    "DayNotice",
    "Digest",
    "HelperPart",
    "Kind",
    "KnownAnswer",
    "Limits",
    "Message",
    "OfficeHours",
    "Post",
    "Saying",
    "SealedNote",
    "WorkDay",
    "tied_to_a_firm",
    "works_for",
]
