"""Lines for people: who has to know what about a case. They leave the house as a digest, once a day."""

from collections.abc import Iterable

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.models import Case, Message
from lianzhu.apps.core.models import User


def tell(users: Iterable[User], case: Case, why: str, *, clock_name: str = "", besides: User | None = None) -> None:
    """Leave one line per person; the one who acts knows already. A line still unsent is not left twice."""
    wanted = {user.pk for user in users} - ({besides.pk} if besides else set())
    waiting = Message.objects.filter(user__in=wanted, case=case, why=why, clock=clock_name, digest__isnull=True)
    now = clock.now()
    Message.objects.bulk_create(
        Message(user_id=pk, case=case, why=why, clock=clock_name, made_at=now)
        for pk in sorted(wanted - set(waiting.values_list("user", flat=True)))
    )


def remind(user: User, why: str) -> None:
    """Leave one line that is about no case; the room that calls sees to it that it is left once."""
    Message.objects.create(user=user, why=why, made_at=clock.now())
