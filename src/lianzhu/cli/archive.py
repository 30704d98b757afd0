"""Database and files in one archive, with a hash per table and file, so that a restore proves itself.

SQLite is copied with its online backup; PostgreSQL is read in one repeatable-read snapshot with COPY. Both are
consistent while people work. Files are kept by digest and never change, so those named in the snapshot are complete.
The archive holds everything the server holds: keep it as safe as the server.
"""

import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from lianzhu import __version__
from lianzhu.library.problem import BadInput, Problem, marked

DATABASE = "database.sqlite3"


@dataclass(frozen=True)
class Summary:
    """What an archive holds."""

    tables: int
    rows: int
    files: int


@dataclass(frozen=True)
class TableHash:
    """Rows of one table and the SHA-256 over all of them in key order."""

    rows: int
    digest: str


def write_archive(out: Path) -> Summary:
    """Write the archive; it appears under its name only when complete. Raises BadInput when `out` exists."""
    if out.exists():
        raise BadInput(
            Problem(
                marked("{file} exists already."), {"file": out}, mend=marked("Name a new file or move the old one.")
            )
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        work = Path(folder)
        tables = _dump_postgresql(work) if connection.vendor == "postgresql" else _dump_sqlite(work)
        files_dir = Path(settings.FILES_DIR)
        files = {str(p.relative_to(files_dir)): _digest(p) for p in sorted(files_dir.glob("??/*")) if p.is_file()}
        manifest = {
            "lianzhu": __version__,
            "vendor": connection.vendor,
            "tables": {name: asdict(known) for name, known in tables.items()},
            "files": files,
        }
        (work / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False))
        finished = work / "archive.tar.gz"
        with tarfile.open(finished, "w:gz", compresslevel=6) as tar:
            for path in sorted(work.iterdir()):
                if path != finished:
                    tar.add(path, arcname=path.name)
            for name in files:
                tar.add(files_dir / name, arcname=f"files/{name}")
        with finished.open("rb") as handle:
            os.fsync(handle.fileno())
        finished.replace(out)
    return Summary(len(tables), sum(known.rows for known in tables.values()), len(files))


def read_archive(archive: Path) -> Summary:
    """Restore into an empty data folder (or empty PostgreSQL); raises BadInput when anything does not fit."""
    if not archive.is_file():
        raise BadInput(Problem(marked("{file} is not there."), {"file": archive}))
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        work = Path(folder)
        manifest = _unpack(archive, work)
        if manifest["vendor"] != connection.vendor:
            raise BadInput(
                Problem(
                    marked("This archive comes from {there}; this town runs on {here}."),
                    {"there": manifest["vendor"], "here": connection.vendor},
                    mend=marked("Set or unset DATABASE_URL to match."),
                )
            )
        _refuse_full()
        for name, digest in manifest["files"].items():
            if _digest(work / "files" / name) != digest:
                raise _damaged(archive)
        tables = _load_postgresql(work, manifest) if connection.vendor == "postgresql" else _load_sqlite(work)
        wrong = [n for n, known in manifest["tables"].items() if asdict(tables.get(n, TableHash(0, ""))) != known]
        if wrong:
            raise _damaged(archive)
        if manifest["files"]:
            shutil.copytree(work / "files", settings.FILES_DIR, dirs_exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    return Summary(len(tables), sum(known.rows for known in tables.values()), len(manifest["files"]))


def _damaged(archive: Path) -> BadInput:
    return BadInput(
        Problem(
            marked("{file} is damaged: its content does not match its own hashes. Nothing was restored."),
            {"file": archive},
            mend=marked("Use another backup."),
        )
    )


def _unpack(archive: Path, work: Path) -> dict:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            tar.extractall(work, filter="data")
        manifest: dict = json.loads((work / "manifest.json").read_text())
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, OSError, EOFError, ValueError) as error:
        raise _damaged(archive) from error
    return manifest


def _refuse_full() -> None:
    here = settings.DATA_DIR
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            full = "core_user" in connection.introspection.table_names(cursor)
    else:
        full = Path(connection.settings_dict["NAME"]).exists()
    if full:
        raise BadInput(
            Problem(
                marked("There is a town in {place} already."),
                {"place": here},
                mend=marked("Restore into an empty folder with --data, or an empty database."),
            )
        )


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sqlite_hashes(path: Path) -> dict[str, TableHash]:
    """Rows and digest of every table of an SQLite file, in row order."""
    hashes: dict[str, TableHash] = {}
    with sqlite3.connect(path) as database:
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not name.startswith(("sqlite_", "core_search_"))
        ]
        for name in names:
            known, rows = hashlib.sha256(), 0
            for row in database.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):
                known.update(repr(row).encode())
                rows += 1
            hashes[name] = TableHash(rows, known.hexdigest())
    database.close()
    return hashes


def _dump_sqlite(work: Path) -> dict[str, TableHash]:
    connection.ensure_connection()
    target = sqlite3.connect(work / DATABASE)
    connection.connection.backup(target)
    target.execute("PRAGMA journal_mode=DELETE")
    target.close()
    return sqlite_hashes(work / DATABASE)


def _load_sqlite(work: Path) -> dict[str, TableHash]:
    tables = sqlite_hashes(work / DATABASE)
    (work / DATABASE).replace(connection.settings_dict["NAME"])
    return tables


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def _dump_postgresql(work: Path) -> dict[str, TableHash]:
    hashes: dict[str, TableHash] = {}
    (work / "tables").mkdir()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name in _tables():
            hashes[name] = _copy_out(cursor, name, work / "tables" / name)
    return hashes


def _copy_out(cursor: CursorWrapper, name: str, path: Path | None = None) -> TableHash:
    quoted = connection.ops.quote_name(name)
    known, rows = hashlib.sha256(), 0
    with cursor.copy(f"COPY (SELECT * FROM {quoted} ORDER BY 1) TO STDOUT") as copy:
        lines = []
        for block in copy:
            data = bytes(block)
            known.update(data)
            rows += data.count(b"\n")
            lines.append(data)
    if path is not None:
        path.write_bytes(b"".join(lines))
    return TableHash(rows, known.hexdigest())


def _load_postgresql(work: Path, manifest: dict) -> dict[str, TableHash]:
    call_command("migrate", interactive=False, verbosity=0)
    hashes: dict[str, TableHash] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        names = list(manifest["tables"])
        quoted = ", ".join(connection.ops.quote_name(name) for name in names)
        cursor.execute(f"TRUNCATE {quoted}")
        for name in names:
            with cursor.copy(f"COPY {connection.ops.quote_name(name)} FROM STDIN") as copy:
                copy.write((work / "tables" / name).read_bytes())
        sequences = connection.introspection.sequence_list()
        for sequence in sequences:
            table, column = (connection.ops.quote_name(sequence[key]) for key in ("table", "column"))
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), COALESCE((SELECT max({column}) FROM {table}), 1))",
                [sequence["table"], sequence["column"]],
            )
        for name in names:
            hashes[name] = _copy_out(cursor, name)
    return hashes
