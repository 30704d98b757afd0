"""Set-up shared by all tests."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import translation


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """SQLite flushes with DELETE, which the audit trigger refuses; its own tests put the trigger back."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("DROP TRIGGER IF EXISTS core_audit_no_delete")
                cursor.execute("DROP TRIGGER IF EXISTS cases_event_no_delete")
                cursor.execute("DROP TRIGGER IF EXISTS chain_step_no_delete")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are asserted in the language of the code; pages of a signed-in person are in that person's."""
    with translation.override("en"):
        yield
