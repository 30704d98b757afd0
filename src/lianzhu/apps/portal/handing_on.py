"""What each room does with the open work of a leaver. A room that keeps such work adds its function here."""

from lianzhu.apps.cases.actions.working import hand_on_leaver
from lianzhu.apps.enterprises.actions.accounts import HandOn

HAND_ON: tuple[HandOn, ...] = (hand_on_leaver,)
