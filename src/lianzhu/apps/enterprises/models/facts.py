"""What is known of firms. Every row is a sourced statement; a newer one supersedes, nothing is overwritten."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models.access import access_of
from lianzhu.apps.enterprises.models.firms import Chain, Controller, Enterprise, Membership


class Confidentiality(models.TextChoices):
    """Who may read: all signed in; untied township staff; the firm and whom it grants; firm and statistician."""

    PUBLIC = "public", _("public")
    OFFICE = "office", _("internal")
    FIRM = "firm", _("trade secret")
    STATISTICS = "statistics", _("statistics")


class RecordState(models.TextChoices):
    """Life of a sourced statement."""

    PROPOSED = "proposed", _("proposed")
    CURRENT = "current", _("current")
    SUPERSEDED = "superseded", _("superseded")
    REFUSED = "refused", _("refused")
    UNDONE = "undone", _("undone")


class RecordQuerySet(models.QuerySet[Any]):
    """Reading goes through `visible_to`; everything else here only narrows."""

    def visible_to(self, user: User) -> Self:
        """Rows whose confidentiality class lets this person read them, in chains they belong to.

        The rule of the whole product, in one place: public to everybody with a role in the chain; office to untied
        township staff; firm to the firm, whom it grants, and the statistician; statistics to the firm and the
        statistician. A seat in the committee gives nothing.
        """
        access = access_of(user)
        ends = self.model.firm_ends
        rule = _firms(ends, _members(access.chains), Confidentiality.PUBLIC)
        rule |= _firms(ends, _members(access.office_chains | access.statistician_chains), Confidentiality.OFFICE)
        rule |= _firms(ends, _members(access.statistician_chains), Confidentiality.FIRM, Confidentiality.STATISTICS)
        rule |= _firms(ends, access.granted_firms, Confidentiality.OFFICE, Confidentiality.FIRM)
        rule |= _firms(ends, access.own_firms, *Confidentiality)
        return self.filter(rule)

    def current(self) -> Self:
        """Statements that hold now."""
        return self.filter(state=RecordState.CURRENT)


def _members(chains: frozenset[int]) -> models.QuerySet[Membership, int]:
    return Membership.objects.filter(chain__in=chains).values_list("enterprise", flat=True)


def _firms(ends: tuple[str, ...], firms: object, *classes: Confidentiality) -> models.Q:
    """Rows of these classes with any of their local ends among `firms`."""
    at_any_end = models.Q()
    for end in ends:
        at_any_end |= models.Q(**{f"{end}__in": firms})
    return at_any_end & models.Q(confidentiality__in=classes)


class Record(models.Model):
    """A statement with its source, date, batch, place in the file, and who entered it."""

    state = models.CharField(max_length=10, choices=RecordState, default=RecordState.CURRENT)
    confidentiality = models.CharField(max_length=10, choices=Confidentiality)
    source = models.CharField(max_length=160)
    # The day the statement is about or the document is dated, not the day it was typed in.
    as_of = models.DateField()
    batch = models.ForeignKey("enterprises.ImportBatch", null=True, blank=True, on_delete=models.PROTECT)
    sheet = models.CharField(max_length=80, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    column = models.CharField(max_length=8, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    supersedes = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors")

    objects = RecordQuerySet.as_manager()

    # The fields that name the local firm whose statement this is; a link has two.
    firm_ends: ClassVar[tuple[str, ...]] = ("enterprise",)

    class Meta:
        abstract = True


def _current() -> models.Q:
    return models.Q(state=RecordState.CURRENT)


class FactValue(Record):
    """One value of one fact of one firm for one period ('' when the fact has none).

    `value` is canonical text: exact decimals in the dictionary's unit, 'true'/'false', ISO dates.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="facts")
    fact = models.CharField(max_length=60)
    period = models.CharField(max_length=10, blank=True)
    value = models.CharField(max_length=400)
    note = models.CharField(max_length=300, blank=True)
    confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "fact", "period"], condition=_current(), name="fact_one_current_value"
            )
        ]
        indexes = [
            models.Index(fields=["enterprise", "fact", "period"]),
            models.Index(fields=["batch", "state"]),
            models.Index(fields=["state", "entered_at"]),
        ]


class Product(Record):
    """A firm makes something of a taxonomy node, at a voltage class, to a standard. The weight is `statistics`.

    From here on a model's own fields carry the names of its import template's columns.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="products")
    product = models.CharField(max_length=160)
    node = models.CharField(max_length=10, blank=True, db_index=True)
    voltage_class = models.CharField(max_length=40, blank=True)
    standard = models.CharField(max_length=80, blank=True)
    weight = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "product", "node", "voltage_class", "standard"],
                condition=_current(),
                name="product_one_current",
            )
        ]


class SupplyLink(Record):
    """Supplier sells to buyer; one end may be outside the town. Existence is `office`, the weight `statistics`."""

    firm_ends = ("supplier", "buyer")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT)
    supplier = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="links_as_supplier"
    )
    supplier_outside = models.CharField(max_length=160, blank=True)
    buyer = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="links_as_buyer"
    )
    buyer_outside = models.CharField(max_length=160, blank=True)
    item = models.CharField(max_length=160, blank=True)
    node = models.CharField(max_length=10, blank=True, db_index=True)
    weight = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    evidence_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(supplier__isnull=False) | models.Q(buyer__isnull=False), name="link_one_end_local"
            ),
            models.CheckConstraint(
                condition=models.Q(supplier__isnull=True)
                | models.Q(buyer__isnull=True)
                | ~models.Q(supplier=models.F("buyer")),
                name="link_not_to_itself",
            ),
        ]


class Place(Record):
    """A workshop, production line, laboratory or project of a firm."""

    class Kind(models.TextChoices):
        WORKSHOP = "workshop", _("workshop")
        LINE = "line", _("production line")
        LABORATORY = "laboratory", _("laboratory")
        PROJECT = "project", _("project")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="places")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.WORKSHOP)
    place = models.CharField(max_length=120)
    address = models.CharField(max_length=160, blank=True)
    started = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind", "place"], condition=_current(), name="place_one_current"
            )
        ]

    def __str__(self) -> str:
        return self.place


class Origin(Record):
    """A firm was spun off from another: the genealogy from one works to a hundred firms."""

    firm_ends = ("child",)

    child = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="origins")
    parent = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="offspring")
    year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "parent"], condition=_current(), name="origin_one_current"),
            models.CheckConstraint(condition=~models.Q(child=models.F("parent")), name="origin_not_itself"),
        ]


class Contact(Record):
    """Whom to call at a firm: name, post, telephone. Nothing else about a person is kept here."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="contacts")
    person = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "person"], condition=_current(), name="contact_one_current")
        ]


class ControlledBy(Record):
    """Evidence that a controller holds a firm; the newest current one is copied to `Enterprise.controller`."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="controlled_by")
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="holdings")
    share_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    since = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "controller"], condition=_current(), name="controller_one_current"
            )
        ]
