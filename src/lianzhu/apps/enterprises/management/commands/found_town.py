"""`manage found_town`: first start of a real town."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions import accounts


class Command(BaseCommand):
    """Make the chain and the first administrator, once, and say how to sign in."""

    help = "Make the chain and the first administrator, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--town", required=True)
        parser.add_argument("--chain", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exclude(username=accounts.SYSTEM).exists():
            return
        chain = accounts.found_town(town=options["town"], chain=options["chain"], code="chain", fictional=False)
        password = secrets.token_urlsafe(12)
        accounts.make_first_administrator(chain=chain, username="admin", name="管理员", password=password)
        self.stdout.write(
            f"\nFirst start. Sign in as  admin  with password  {password}\n"
            "It is shown this once. You will set up a second factor, then change it under your name.\n"
        )
