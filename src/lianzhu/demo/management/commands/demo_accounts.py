"""`manage demo_accounts`: who can sign in to the demo, with the present code of each second factor."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Role
from lianzhu.demo.load import PASSWORD, accounts_to_print, code_now


class Command(BaseCommand):
    """Print the demo accounts; refused on anything but a demo."""

    help = "Print the demo accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demo town.")
        known = {user.username: user for user in User.objects.all()}
        self.stdout.write(f"\nFictional town. Password of every account: {PASSWORD}\n")
        self.stdout.write(f"{'user name':<16}{'role':<26}{'second factor now'}")
        for person in accounts_to_print():
            if person.login in known:
                role = Role(person.role).value
                self.stdout.write(f"{person.login:<16}{role:<26}{code_now(known[person.login]) or '-'}")
        self.stdout.write(
            "A second factor changes every 30 seconds; the sign-in page of the demo shows the present one."
        )
