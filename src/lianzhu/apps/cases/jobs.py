"""What the clock itself does, about once a minute. Every step is safe to repeat."""

from lianzhu.apps.cases.actions import ladder, posting


def tick() -> None:
    """Steps of the ladder, digests, the outbox, the archive."""
    ladder.take_steps()
    ladder.make_digests()
    posting.send_posts()
    ladder.archive_old()
