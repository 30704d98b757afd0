"""The three kinds of rows on the first page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianzhu.apps.enterprises.queries.file import label_of
from lianzhu.apps.findings.queries import kind_labels
from lianzhu.library.facts import facts

MOST = 20
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Task:
    """One thing that waits for a person: what it is, what to do, where, and until when if there is a limit."""

    title: str
    to_do: str
    address: str
    sub: str = ""
    due: date | None = None

    @property
    def light(self) -> str:
        """State of its clock; '' without one."""
        if self.due is None:
            return ""
        left = self.due - timezone.localdate()
        return "late" if left < timedelta(0) else "soon" if left <= SOON else "ok"

    @property
    def left(self) -> str:
        """Days until or since the limit, in words."""
        if self.due is None:
            return ""
        days = (self.due - timezone.localdate()).days
        if days == 0:
            return _("today")
        if days < 0:
            return ngettext("%(n)s day ago", "%(n)s days ago", -days) % {"n": -days}
        return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}


@dataclass(frozen=True)
class Change:
    """Something that happened since the last visit; `whole_day` when only its day is known."""

    at: datetime
    says: str
    what: str = ""
    address: str = ""
    whole_day: bool = False


@dataclass(frozen=True)
class Figure:
    """A number that opens its list, with its unit, period and source."""

    what: str
    value: int
    unit: str
    basis: str
    source: str
    address: str


def kind_words(kind: str) -> str:
    """A kind of finding in words; an unknown one as it is called inside."""
    return kind_labels().get(kind, kind)


def fact_words(name: str) -> str:
    """A fact's label in the reader's language; an unknown one as it is called inside."""
    fact = facts().get(name)
    return label_of(fact) if fact else name
