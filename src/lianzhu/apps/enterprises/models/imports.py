"""An import is one batch: previewed, applied whole, undone whole."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.core.models import StoredFile, User
from lianzhu.apps.enterprises.models.firms import Chain


class ImportBatch(models.Model):
    """One file on its way: upload, columns, preview, apply, receipt. Counts always add up to `rows_in`."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("columns to confirm")
        READING = "reading", _("being read")
        PREVIEW = "preview", _("preview")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        UNDONE = "undone", _("undone")
        DROPPED = "dropped", _("dropped")

    class Kind(models.TextChoices):
        ENTERPRISES = "enterprises", _("firms and facts")
        PRODUCTS = "products", _("products")
        LINKS = "links", _("supply links")
        PLACES = "places", _("places")
        ORIGINS = "origins", _("genealogy")
        CONTACTS = "contacts", _("contacts")
        CONTROLLERS = "controllers", _("controllers")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="batches")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    # A file with firm or statistics columns is previewed and applied by the statistician only.
    confidential = models.BooleanField(default=False)
    source = models.CharField(max_length=160)
    as_of = models.DateField()
    # What the person decided: {"columns": {"sheet": {"3": "revenue"}}, "rows": {"sheet:27": 41 | "new"}, "skip": [...]}
    choices = models.JSONField(default=dict)
    # Seal of the preview the person saw; applying anything else is refused.
    seal = models.CharField(max_length=64, blank=True)
    revision = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(default=dict)
    rows_in = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    rows_review = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="batches")
    uploaded_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    rows_in=models.F("rows_new")
                    + models.F("rows_changed")
                    + models.F("rows_unchanged")
                    + models.F("rows_refused")
                    + models.F("rows_review")
                ),
                name="batch_no_row_lost",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file.name} #{self.pk}"
