"""Import preview of 100,000 rows x 20 columns: read, map, check and compare with 2,000,000 current values.

Beside it, openpyxl reading the same file and nothing else. Run alone: python bench/roster_preview.py [rows]
Each side runs in a process of its own, so that its peak memory is its own.
"""

import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import xlsxwriter

from lianzhu.engine.roster.checking import check_file
from lianzhu.engine.roster.codes import ALPHABET, check_character
from lianzhu.engine.roster.diff import CURRENT, Preview, diff
from lianzhu.engine.roster.templates import templates
from lianzhu.library.facts import banned_column, facts

TITLES = (
    *("企业名称", "统一社会信用代码", "成立日期", "法定代表人", "住所", "注册资本（万元）", "2024年营业收入（元）"),
    *("2024年研发费用（万元）", "2024年从业人员数（人）", "2024年科技人员数（人）", "2024年资产总额（万元）"),
    *("2024年纳税额（万元）", "行业代码", "所有制", "资产负债率（%）", "高新技术企业有效期至", "有效发明专利（件）"),
    *("主导产品", "CNAS有效期至", "2023年营业收入（元）"),
)


def write_workbook(path: Path, rows: int) -> None:
    """A yearly return with dates in three forms, yuan and 万元, a percent format and one bad cell in a hundred rows."""
    random.seed(20)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        percent = book.add_format({"num_format": "0.00%"})
        sheet.write_row(0, 0, TITLES)
        for row in range(1, rows + 1):
            body = "91" + f"{random.randrange(10**6):06}" + "".join(random.choices(ALPHABET, k=9))
            year, month, day = random.randint(1980, 2023), random.randint(1, 12), random.randint(1, 28)
            founded = (f"{year}年{month}月{day}日", f"{year}.{month}.{day}", f"{year}-{month:02}-{day:02}")[row % 3]
            values = [
                *(f"第{row}高压电气设备有限公司", body + check_character(body), founded, f"赵某{row % 100}"),
                *(f"示例镇工业大道{row}号", random.randint(10, 9999), random.randint(10**5, 10**9) + 0.25),
                *(
                    round(random.random() * 900, 2),
                    random.randint(3, 900) if row % 100 else "约40",
                    random.randint(1, 90),
                ),
                *(random.randint(100, 99999), round(random.random() * 99, 2), "C3821", random.choice(("民营", "国有"))),
                *(round(random.random(), 4), "2027年5月16日", random.randint(0, 60), "谐振装置"),
                *("2027-05-16", random.randint(10**5, 10**9)),
            ]
            for column, value in enumerate(values):
                sheet.write(row, column, value, percent if column == 14 else None)


def preview(path: Path, current: pl.DataFrame, identity: pl.DataFrame | None) -> tuple[Preview, dict[str, object]]:
    """Read, map, check and compare; what `lianzhu` does between the upload and the page that shows every change."""
    known = templates(facts())
    wall, cpu = time.perf_counter(), time.process_time()
    checked = check_file(path, known, banned=banned_column)[0]
    found = diff(checked, current, identity, source="台账", date="2026-11-23")
    said = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "counts": found.counts}
    assert sum(found.counts.values()) == checked.rows.height
    return found, said


def fresh(path: Path) -> dict[str, object]:
    """Nothing is known yet. Leaves what the next side compares with: two values of three differ."""
    found, said = preview(path, pl.DataFrame(schema=CURRENT), None)
    found.cells.select(
        *("enterprise", "fact", "period"),
        pl.when(pl.col("row") % 3 == 0).then("value").otherwise(pl.lit("0")).alias("value"),
        pl.lit("上年台账").alias("source"),
        pl.lit("2025-11-23").alias("date"),
    ).write_parquet(path.with_suffix(".current"))
    identity = found.rows.select("row", "enterprise", decision=pl.lit("existing"))
    identity.write_parquet(path.with_suffix(".identity"))
    return said


def full(path: Path) -> dict[str, object]:
    """Every value is known already, with source and date."""
    current = pl.read_parquet(path.with_suffix(".current"))
    return preview(path, current, pl.read_parquet(path.with_suffix(".identity")))[1]


def openpyxl_alone(path: Path) -> dict[str, object]:
    """openpyxl in its fast read-only mode, values only, nothing done with them."""
    wall, cpu = time.perf_counter(), time.process_time()
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    cells = sum(len(row) for row in book.worksheets[0].iter_rows(values_only=True))
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "cells": cells}


def measured(side: str, path: Path) -> dict[str, object]:
    """Run one side in a process of its own."""
    environment = os.environ | {"POLARS_MAX_THREADS": "2"}
    command = [sys.executable, __file__, "--side", side, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout)


def main() -> None:
    if "--side" in sys.argv:
        result = SIDES[sys.argv[2]](Path(sys.argv[3]))
        result["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(json.dumps(result))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "return.xlsx"
        write_workbook(path, rows)
        size = path.stat().st_size / 1e6
        found = {side: measured(side, path) for side in SIDES}
    print(f"machine: {platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{rows} rows x {len(TITLES)} columns, {size:.1f} MB; load of the machine {os.getloadavg()[0]:.1f}")
    for side, said in found.items():
        counts = said.get("counts", "")
        print(f"{side}: {said['wall']:.1f} s wall, {said['cpu']:.1f} CPU-s, {said['peak']:.0f} MB {counts}")
    ratio = found["openpyxl reading alone"]["cpu"] / found["preview, all known"]["cpu"]
    print(f"CPU-seconds, openpyxl reading alone / our whole preview: {ratio:.1f}")


SIDES: dict[str, Callable[[Path], dict[str, object]]] = {
    "preview, nothing known": fresh,
    "preview, all known": full,
    "openpyxl reading alone": openpyxl_alone,
}

if __name__ == "__main__":
    main()
