"""The log is append-only in the database itself, and every tampering shows."""

import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction
from tests import factories

from lianzhu.apps.core import audit
from lianzhu.apps.core.models import AuditEntry, AuditHead

pytestmark = pytest.mark.both


def entries(count: int) -> None:
    person = factories.person(None)
    for _ in range(count):
        audit.record(person, "test.done", person)


@pytest.mark.django_db
def test_an_intact_chain_verifies():
    entries(5)
    assert audit.verify() == audit.Verdict(5, None)


@pytest.mark.django_db
def test_an_entry_cannot_be_changed():
    entries(2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(number=1).update(act="nothing.happened")


@pytest.mark.django_db
def test_an_entry_cannot_be_deleted():
    entries(2)
    if connection.vendor == "sqlite":
        # The suite took this trigger away to be able to flush; the migration makes it.
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TRIGGER core_audit_no_delete BEFORE DELETE ON core_auditentry "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["changed", "missing", "cut"])
def test_tampering_below_the_database_shows(how):
    entries(4)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER core_audit_no_update")
        else:
            cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER ALL")
        if how == "changed":
            cursor.execute("UPDATE core_auditentry SET act = 'x' WHERE number = 2")
        elif how == "missing":
            cursor.execute("DELETE FROM core_auditentry WHERE number = 2")
        else:
            cursor.execute("DELETE FROM core_auditentry WHERE number = 4")
    assert audit.verify().broken_at == {"changed": 2, "missing": 2, "cut": 4}[how]


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain():
    person = factories.person(None)
    before = AuditEntry.objects.count()

    def write() -> None:
        for _ in range(10):
            audit.record(person, "test.done", person)
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditEntry.objects.count() - before == 40
    assert AuditHead.objects.get().count == AuditEntry.objects.count()
    assert audit.verify().broken_at is None
