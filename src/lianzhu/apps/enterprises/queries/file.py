"""One firm's file: every value with source and date, masked where this reader may not read it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import (
    Access,
    ControlledBy,
    Controller,
    Enterprise,
    FactValue,
    Membership,
    Origin,
    Product,
    RecordState,
    SupplyLink,
    access_of,
)
from lianzhu.library.facts import Fact, facts, groups
from lianzhu.library.policies import policy_texts


@dataclass(frozen=True)
class FactRow:
    """One line of the file. `value` is None when this reader may not read it: the page draws a mask of fixed width."""

    fact: Fact
    label: str
    period: str
    value: str | None
    confidentiality: str
    source: str
    as_of: object
    confirmed: bool
    expired: bool
    pk: int
    proposal: "Proposal | None" = None
    # Another period of the fact above it: the label need not be said twice.
    again: bool = False


@dataclass(frozen=True)
class Proposal:
    """A value the firm has put forward and nobody has decided on yet."""

    pk: int
    value: str
    source: str
    by: str
    at: object
    note: str


@dataclass
class FactGroup:
    """A titled group of lines, in the dictionary's order."""

    key: str
    title: str
    rows: list[FactRow] = field(default_factory=list)

    @property
    def unconfirmed(self) -> bool:
        """Whether no readable value was confirmed yet: one mark at the heading then says it for all."""
        read = [row for row in self.rows if row.value]
        return bool(read) and not any(row.confirmed for row in read)


def in_words(fact: Fact, value: str) -> str:
    """A stored value as a person reads it: units, yes and no, the label of a choice, thousands marked."""
    english = (get_language() or "").startswith("en")
    if fact.type == "boolean":
        return _("yes") if value == "true" else _("no")
    if fact.type == "choice":
        return next(((c.en if english else c.zh) for c in fact.choices if c.code == value), value)
    if fact.is_number:
        whole, dot, rest = value.partition(".")
        grouped = f"{int(whole):,}" if whole.lstrip("-").isdigit() else whole
        return f"{grouped}{dot}{rest.rstrip('0')}".rstrip(".") + (f" {fact.unit}" if fact.unit else "")
    return value


def label_of(fact: Fact) -> str:
    """The fact's name in the reader's language."""
    return fact.en if (get_language() or "").startswith("en") else fact.zh


@cache
def _policy_titles() -> Mapping[str, tuple[str, str]]:
    """Policy id -> (Chinese title, English title); read from the heads of the files, which is all that is needed."""
    heads = [dict(re.findall(r"^(id|title|title_en): *(.+)$", text, re.MULTILINE)) for text in policy_texts().values()]
    return {str(head["id"]): (str(head["title"]), str(head.get("title_en", head["title"]))) for head in heads}


def askers(fact: Fact) -> list[tuple[str, str]]:
    """Who asks for the fact, a policy by its title, and why."""
    english = (get_language() or "").startswith("en")
    titles = _policy_titles()
    named = ((titles.get(re.sub(r"\.\d[\d-]*$", "", who)), who, why) for who, why in fact.asked_by.items())
    return [((title[1] if english else title[0]) if title else who, why) for title, who, why in named]


def is_expired(name: str, value: str) -> bool:
    """Whether this is an end of validity that has passed."""
    return name.endswith("_valid_until") and value < timezone.localdate().isoformat()


def fact_groups(user: User, firm: Enterprise) -> list[FactGroup]:
    """The firm's current values in the dictionary's groups; two queries whatever the number of facts.

    Untied office staff also see that a secret value exists; everybody else is not told even that.
    """
    readable = {
        row.pk: row.value
        for row in FactValue.objects.visible_to(user).filter(
            enterprise=firm, state__in=[RecordState.CURRENT, RecordState.PROPOSED]
        )
    }
    access = access_of(user)
    knows_masks = bool(access.office_chains)
    rows = FactValue.objects.filter(
        enterprise=firm, state__in=[RecordState.CURRENT, RecordState.PROPOSED]
    ).select_related("entered_by")
    current = {(r.fact, r.period): r for r in rows if r.state == RecordState.CURRENT}
    offered = [r for r in rows if r.state == RecordState.PROPOSED and r.pk in readable]
    proposed = {(r.fact, r.period): r for r in offered} if _follows(access, firm) else {}
    known = facts()
    titles = groups()
    english = (get_language() or "").startswith("en")
    order = {name: place for place, name in enumerate(known)}
    out = {key: FactGroup(key, en if english else zh) for key, (zh, en) in titles.items()}
    keys = sorted({*current, *proposed}, key=lambda key: (order.get(key[0], 10**6), _newest_first(key[1])))
    for name, period in keys:
        row, offer, fact = current.get((name, period)), proposed.get((name, period)), known.get(name)
        if fact is None or (row is not None and row.pk not in readable and not knows_masks):
            continue
        shown = row or offer
        if shown is None:
            continue
        value = None if row is None else readable.get(row.pk)
        out[fact.group].rows.append(
            FactRow(
                fact=fact,
                label=label_of(fact),
                period=period,
                value="" if row is None else (None if value is None else in_words(fact, value)),
                confidentiality=shown.confidentiality,
                source=shown.source,
                as_of=shown.as_of,
                confirmed=shown.confirmed,
                expired=value is not None and is_expired(name, value),
                pk=shown.pk,
                proposal=_proposal(fact, offer),
                again=bool(out[fact.group].rows) and out[fact.group].rows[-1].fact is fact,
            )
        )
    return [group for group in out.values() if group.rows]


def _follows(access: Access, firm: Enterprise) -> bool:
    """Whether the reader sees what was proposed, refused or taken back: the firm and the office, who talk about it."""
    return firm.pk in access.own_firms or bool(access.office_chains)


def _newest_first(period: str) -> tuple[int, ...]:
    return tuple(-ord(char) for char in period)


def _proposal(fact: Fact, offer: FactValue | None) -> Proposal | None:
    if offer is None:
        return None
    return Proposal(
        offer.pk, in_words(fact, offer.value), offer.source, str(offer.entered_by), offer.entered_at, offer.note
    )


@dataclass(frozen=True)
class HistoryRow:
    """One statement in a firm's history; the value is None when masked, `by` is '' for readers it does not concern."""

    pk: int
    label: str
    period: str
    value: str | None
    state: str
    source: str
    as_of: object
    by: str
    at: object
    batch: int | None
    note: str


@dataclass(frozen=True)
class HistoryPage:
    """A page of the history, newest first; `after` is the key of the next page, '' at the end."""

    rows: list[HistoryRow]
    after: str


HISTORY_PAGE = 100
HELD = (RecordState.CURRENT, RecordState.SUPERSEDED)


def history(user: User, firm: Enterprise, *, after: str = "") -> HistoryPage:
    """Every statement made about the firm that the reader may know of, newest first, in pages by key.

    What never held (proposed, refused, undone) is for the firm and the office. People's names likewise.
    """
    access = access_of(user)
    concerned = _follows(access, firm)
    knows_masks = bool(access.office_chains)
    seen = FactValue.objects.filter(enterprise=firm)
    readable = FactValue.objects.visible_to(user).filter(enterprise=firm)
    if not concerned:
        seen, readable = seen.filter(state__in=HELD), readable.filter(state__in=HELD)
    listed = seen if knows_masks else readable
    if after.isdigit():
        listed = listed.filter(pk__lt=int(after))
    rows = list(listed.select_related("entered_by").order_by("-id")[: HISTORY_PAGE + 1])
    page = rows[:HISTORY_PAGE]
    open_ones = set(readable.filter(pk__in=[row.pk for row in page]).values_list("pk", flat=True))
    known = facts()
    return HistoryPage(
        [
            HistoryRow(
                pk=row.pk,
                label=label_of(known[row.fact]) if row.fact in known else row.fact,
                period=row.period,
                value=in_words(known[row.fact], row.value) if row.pk in open_ones and row.fact in known else None,
                state=row.get_state_display(),
                source=row.source,
                as_of=row.as_of,
                by=str(row.entered_by) if concerned else "",
                at=row.entered_at,
                batch=row.batch_id,
                note=row.note if concerned and row.pk in open_ones else "",
            )
            for row in page
        ],
        str(page[-1].pk) if len(rows) > HISTORY_PAGE else "",
    )


@dataclass(frozen=True)
class Links:
    """Who supplies the firm and whom it supplies, as far as this reader may know; weights only where allowed."""

    suppliers: list[SupplyLink]
    customers: list[SupplyLink]
    weights: bool


def links(user: User, firm: Enterprise) -> Links:
    """The firm's supply links this reader may see. The weight is for the firm itself and the statistician."""
    seen = (
        SupplyLink.objects.visible_to(user)
        .current()
        .select_related("supplier", "buyer")
        .order_by("node", "supplier__name_key", "buyer__name_key", "pk")
    )
    weights = reads_weights(user, firm)
    suppliers, customers = list(seen.filter(buyer=firm)), list(seen.filter(supplier=firm))
    if not weights:
        for link in (*suppliers, *customers):
            link.weight = None
    return Links(suppliers, customers, weights)


def knows_links(user: User, firm: Enterprise) -> bool:
    """Whether the reader would be shown the firm's supply links if there were any (class `office`)."""
    access = access_of(user)
    return firm.pk in access.own_firms | access.granted_firms or bool(access.office_chains | access.statistician_chains)


def products(user: User, firm: Enterprise) -> list[Product]:
    """The firm's products; the weight only for the firm itself and the statistician."""
    rows = list(Product.objects.visible_to(user).current().filter(enterprise=firm).order_by("node", "product"))
    if not reads_weights(user, firm):
        for row in rows:
            row.weight = None
    return rows


def kin(user: User, firm: Enterprise) -> tuple[list[Origin], list[Origin]]:
    """Where the firm came from, and which firms came out of it."""
    seen = Origin.objects.visible_to(user).current().select_related("child", "parent").order_by("year", "pk")
    return list(seen.filter(child=firm)), list(seen.filter(parent=firm))


def reads_weights(user: User, firm: Enterprise) -> bool:
    """Whether the reader may see figures of class `statistics` of this firm: the firm itself and its statistician."""
    access = access_of(user)
    return (
        firm.pk in access.own_firms
        or Membership.objects.filter(enterprise=firm, chain__in=access.statistician_chains).exists()
    )


def controller(user: User, firm: Enterprise) -> tuple[Controller | None, list[Enterprise]]:
    """Who controls the firm and which other firms they hold, as far as the reader may know of each holding."""
    seen = ControlledBy.objects.visible_to(user).current()
    held = seen.filter(enterprise=firm).select_related("controller").order_by("-as_of", "-pk").first()
    if held is None:
        return None, []
    others = seen.filter(controller=held.controller).exclude(enterprise=firm).select_related("enterprise")
    return held.controller, [row.enterprise for row in others.order_by("enterprise__name_key", "pk")]
