"""What waits to be told: lines per person, one digest a day, and posts that leave through a token bucket."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases.models.case import Case
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain


class Message(models.Model):
    """One line for one person: why, and which case if it is about one. Never a firm's name or what somebody wrote."""

    class Why(models.TextChoices):
        NEW = "new", _("waits for you")
        HALF = "50", _("half of the time is used")
        SOON = "80", _("due soon")
        LATE = "100", _("overdue")
        LATE_1 = "+1wd", _("overdue: written supervision")
        LATE_5 = "+5wd", _("overdue by 5 working days")
        MOVED = "moved", _("due time moved by a new calendar notice")
        DECIDED = "decided", _("decided")
        WINDOW_30 = "window30", _("a policy takes applications for 30 days at most")
        WINDOW_14 = "window14", _("a policy takes applications for 14 days at most")
        WINDOW_3 = "window3", _("a policy takes applications for 3 days at most")
        ENDS_30 = "ends30", _("a certificate of your firm ends within 30 days")
        ENDS_14 = "ends14", _("a certificate of your firm ends within 14 days")
        ENDS_3 = "ends3", _("a certificate of your firm ends within 3 days")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # None: a reminder of a later room, whose page stands on the person's first page.
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    why = models.CharField(max_length=8, choices=Why)
    clock = models.CharField(max_length=10, blank=True)
    made_at = models.DateTimeField()
    digest = models.ForeignKey("Digest", null=True, blank=True, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        indexes = [models.Index(fields=["digest", "user"])]


class Digest(models.Model):
    """One a day per person, of what came since the last one."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="digest_once_a_day")]


class Channel(models.Model):
    """A way out of the house: mail server or group robot. Off until somebody configures and turns it on."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("e-mail")
        WECOM = "wecom", _("WeCom group robot")
        DINGTALK = "dingtalk", _("DingTalk group robot")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    # Robot: its webhook. Mail: smtp://user:password@host:port/sender@example
    address = models.CharField(max_length=400)
    secret = models.CharField(max_length=200, blank=True)
    # The address under which people open this deployment; the only link a group message carries.
    link = models.URLField(blank=True)
    on = models.BooleanField(default=False)
    # Token bucket: how many may leave now, as of when. Robots take at most 20 a minute.
    tokens = models.FloatField(default=20)
    tokens_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "kind"], name="channel_one_of_a_kind")]


class Address(models.Model):
    """Where a person wants the digest by mail; by their own choice."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="mail_address")
    address = models.EmailField()


class Post(models.Model):
    """One text that leaves through one channel, or has left. Kept so that a restart loses none; sent at least once."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="posts")
    to = models.CharField(max_length=254, blank=True)
    title = models.CharField(max_length=100)
    text = models.TextField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["channel", "sent_at", "id"])]
