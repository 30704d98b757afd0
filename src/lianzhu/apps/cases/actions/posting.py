"""The outbox: posts leave in working time, one by one, as many a minute as the token bucket allows."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock, permissions
from lianzhu.apps.cases.models import Address, Channel, Post
from lianzhu.apps.cases.queries.days import calendar_now
from lianzhu.apps.cases.senders import SENDERS, NotSent
from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.engine.clock import is_working_instant

# Group robots take twenty messages a minute; mail keeps the same pace.
A_MINUTE = 20
MOST_TRIES = 5


def send_posts() -> int:
    """Send what waits, in working time; a channel whose post fails is left until the next round. Returns how many."""
    if not is_working_instant(clock.now(), calendar_now()):
        return 0
    return sum(_send_from(channel) for channel in Channel.objects.filter(on=True).order_by("id"))


def _send_from(channel: Channel) -> int:
    sent = 0
    while post := _take(channel.pk):
        try:
            SENDERS[channel.kind](channel.address, channel.secret, post.to, post.title, post.text)
        except NotSent as fault:
            Post.objects.filter(pk=post.pk).update(error=str(fault))
            break
        Post.objects.filter(pk=post.pk).update(sent_at=clock.now(), error="")
        sent += 1
    return sent


@transaction.atomic
def _take(channel_id: int) -> Post | None:
    """The next post, with one token of the bucket; None when the bucket or the box is empty.

    The network is used after this transaction, so that a slow robot holds no lock.
    """
    channel = Channel.objects.select_for_update().get(pk=channel_id)
    now = clock.now()
    passed = (now - channel.tokens_at).total_seconds() if channel.tokens_at else 60.0
    tokens = min(float(A_MINUTE), channel.tokens + max(passed, 0) * A_MINUTE / 60)
    post = channel.posts.filter(sent_at__isnull=True, tries__lt=MOST_TRIES).order_by("id").first()
    if post is None or tokens < 1 or not channel.on:
        return None
    channel.tokens, channel.tokens_at = tokens - 1, now
    channel.save(update_fields=["tokens", "tokens_at"])
    post.tries += 1
    post.save(update_fields=["tries"])
    return post


@transaction.atomic
def set_channel(*, actor: User, chain: Chain, kind: str, address: str, secret: str, link: str, on: bool) -> Channel:
    """Configure a way out and turn it on or off. An empty secret keeps the one there is."""
    if not permissions.can_set_rules(actor, chain):
        raise PermissionDenied
    if on and not address.strip():
        raise RuleBroken(_("Write the address first; without it nothing can be sent."))
    channel, _new = Channel.objects.select_for_update().get_or_create(chain=chain, kind=kind)
    channel.address, channel.link, channel.on = address.strip(), link.strip(), on
    channel.secret = secret.strip() or channel.secret
    channel.save()
    audit.record(actor, "channel.set", channel)
    return channel


@transaction.atomic
def set_mail_address(*, actor: User, address: str) -> None:
    """A person's own wish to get the digest by mail; empty ends it."""
    Address.objects.filter(user=actor).delete()
    if address.strip():
        Address.objects.create(user=actor, address=address.strip())
    audit.record(actor, "mail_address.set", actor)
