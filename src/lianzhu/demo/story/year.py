"""The year in its order: seats, rules, then cases and meetings as the days pass."""

from datetime import datetime

from django.db import transaction

from lianzhu.apps.cases.actions import ladder
from lianzhu.apps.enterprises.models import Chain
from lianzhu.demo.records import Town
from lianzhu.demo.story.calendar import Hand
from lianzhu.demo.story.cases import play_cases
from lianzhu.demo.story.cast import cast_of
from lianzhu.demo.story.gatherings import hold_meetings
from lianzhu.demo.story.rules import set_rules
from lianzhu.demo.story.seats import fill_seats


def tell_year(chain: Chain, town: Town, now: datetime) -> None:
    """Tell the year that ends `now`. The same town and moment give the same year."""
    cast, hand = cast_of(chain, town), Hand(now)
    # One transaction: the year is there whole or not at all, and a thousand small commits would take a minute.
    with transaction.atomic(), hand.telling():
        fill_seats(cast, hand)
        set_rules(cast, hand)
        hold_meetings(cast, hand)
        play_cases(cast, hand)
        hand.now = hand.end
        # What is overdue by now has climbed its ladder, as it would have in a town that runs.
        ladder.take_steps()
