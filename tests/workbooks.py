"""Small spreadsheets for tests, and the whole way of an import in one call."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from lianzhu.apps.core import files, jobs
from lianzhu.apps.core.models import Job, User
from lianzhu.apps.enterprises import jobs as import_jobs
from lianzhu.apps.enterprises.actions import imports
from lianzhu.apps.enterprises.models import Chain, ImportBatch
from lianzhu.config.jobs import WORKS
from lianzhu.engine.roster.codes import check_character


def code(number: int) -> str:
    """A unified social credit code that passes its check, of a region that does not exist."""
    body = f"91000000{number:09d}"
    return body + check_character(body)


def write(path: Path, rows: Sequence[Sequence[object]], sheet: str = "企业") -> Path:
    """A workbook with one sheet; text stays text."""
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False}) as book:
        target = book.add_worksheet(sheet)
        for at, row in enumerate(rows):
            target.write_row(at, 0, row)
    return path


def hand_in(path: Path, *, by: User, chain: Chain, source: str = "镇统计办") -> ImportBatch:
    """Upload and read; the batch stands at its preview."""
    stored = files.store_path(path, actor=by)
    batch = imports.hand_in(actor=by, chain_id=chain.pk, file_id=stored.pk, source=source, as_of=date(2026, 6, 30))
    work(by, import_jobs.READ, batch)
    return batch


def work(by: User, kind: str, batch: ImportBatch) -> Job:
    """Do one job of a batch now."""
    job = jobs.ask(actor=by, kind=kind, argument=batch.pk)
    jobs.run_waiting(WORKS)
    job.refresh_from_db()
    batch.refresh_from_db()
    return job


def bring_in(path: Path, *, by: User, chain: Chain, source: str = "镇统计办") -> ImportBatch:
    """The whole way: upload, read, apply."""
    batch = hand_in(path, by=by, chain=chain, source=source)
    imports.ask_to_apply(actor=by, batch_id=batch.pk)
    job = work(by, import_jobs.APPLY, batch)
    assert job.state == Job.State.DONE, job.error
    return batch
