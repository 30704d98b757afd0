"""`manage verify_audit`: recompute the hash chain of the audit log."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from lianzhu.apps.core import audit


class Command(BaseCommand):
    """Exit status 1 and the first number that does not fit, when the log was tampered with."""

    help = "Recompute the audit log's hash chain."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = audit.verify()
        if verdict.broken_at is None:
            self.stdout.write(f"{verdict.entries} entries, chain intact")
            return
        self.stderr.write(f"entry {verdict.broken_at}: {verdict.why}; {verdict.entries} entries before it are intact")
        sys.exit(1)
