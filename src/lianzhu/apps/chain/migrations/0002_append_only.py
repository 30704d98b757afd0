"""What the ORM cannot say: triggers that keep the steps of tracks append-only."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = [
    "CREATE TRIGGER chain_step_no_update BEFORE UPDATE ON chain_trackstep "
    "BEGIN SELECT RAISE(ABORT, 'the steps of a track are append-only'); END",
    "CREATE TRIGGER chain_step_no_delete BEFORE DELETE ON chain_trackstep "
    "BEGIN SELECT RAISE(ABORT, 'the steps of a track are append-only'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION chain_step_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the steps of a track are append-only'; END $$",
    "CREATE TRIGGER chain_step_no_change BEFORE UPDATE OR DELETE ON chain_trackstep "
    "FOR EACH ROW EXECUTE FUNCTION chain_step_refuse()",
]


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement.replace("%", "%%"), params=None)


class Migration(migrations.Migration):
    dependencies = [("chain", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
