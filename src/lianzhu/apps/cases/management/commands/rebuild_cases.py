"""Compute every case anew from its log and say which columns had been wrong."""

from typing import Any

from django.core.management.base import BaseCommand

from lianzhu.apps.cases.actions.rules import rebuild
from lianzhu.apps.cases.models import Case
from lianzhu.apps.enterprises.actions.accounts import system_user


class Command(BaseCommand):
    """`manage rebuild_cases`"""

    help = "Compute every case anew from its log and say which columns had been wrong."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Walk all cases; safe to repeat."""
        clerk, wrong, count = system_user(), 0, 0
        for case in Case.objects.order_by("pk").iterator(chunk_size=500):
            count += 1
            columns = rebuild(actor=clerk, case=case)
            if columns:
                wrong += 1
                self.stdout.write(f"{case.number}: {', '.join(columns)}")
        self.stdout.write(f"{wrong} of {count} cases had columns that did not follow from their log.")
