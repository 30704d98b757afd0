"""`manage demo_accounts`: who can sign in to the demo, with the present code of each second factor."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lianzhu.apps.enterprises.actions.second_factor import code_now
from lianzhu.demo.load import PASSWORD, accounts_to_print


class Command(BaseCommand):
    """Print the demo accounts; refused on anything but a demo."""

    help = "Print the demo accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demo town.")
        self.stdout.write(f"\nFictional town. Password of every account: {PASSWORD}\n")
        self.stdout.write(f"{'user name':<16}{'role':<16}second factor now")
        for user, role in accounts_to_print():
            self.stdout.write(f"{user.username:<16}{role:<16}{code_now(user) or '-'}")
        self.stdout.write("A second factor changes every 30 s; the demo's sign-in page shows the present one.")
