"""`manage build_demo`: build the fictional town unless it stands already."""

from typing import Any

from django.core.management.base import BaseCommand

from lianzhu.apps.enterprises.models import Chain
from lianzhu.demo.load import build


class Command(BaseCommand):
    """Build the demo town from its spreadsheets, saying what each brought."""

    help = "Build the fictional demo town."

    def handle(self, *args: Any, **options: Any) -> None:
        if Chain.objects.exists():
            return
        self.stdout.write("Building a fictional town from its offices' spreadsheets …")
        build(self.stdout.write)
