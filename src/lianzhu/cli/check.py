"""`lianzhu check`: lint, contracts, types, migrations, and the house's own rules. Works in a checkout only."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lianzhu.library.problem import BadInput, Problem, marked

ROOT = Path(__file__).resolve().parents[3]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lianzhu check`."""
    parser.add_argument("--fast", action="store_true", help="only what takes a second (as pre-commit does)")
    parser.set_defaults(run=run)


def refuse_outside_checkout() -> None:
    """Raise BadInput when this is an installed package without its sources."""
    if not (ROOT / "pyproject.toml").exists():
        raise BadInput(
            Problem(
                marked("This command works in a checkout of the sources only."),
                mend=marked("Clone the repository first."),
            )
        )


def step(name: str, command: list[str], **environment: str) -> bool:
    """Run one step from the checkout's root and say how it went."""
    print(f"── {name}", flush=True)
    started = time.monotonic()
    status = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode
    print(f"   {'ok' if status == 0 else f'FAILED ({status})'} · {time.monotonic() - started:.1f} s", flush=True)
    return status == 0


def run(args: argparse.Namespace) -> int:
    """Run every check, also after one failed; exit status 1 when any did."""
    refuse_outside_checkout()
    scripts = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        settings = {"LIANZHU_DATA": folder, "DJANGO_SETTINGS_MODULE": "lianzhu.config.settings"}
        steps = [
            step("ruff: lint", [str(scripts / "ruff"), "check", "."]),
            step("ruff: format", [str(scripts / "ruff"), "format", "--check", "."]),
            step("import contracts", [str(scripts / "lint-imports")]),
        ]
        if not args.fast:
            steps += [
                step("types", [str(scripts / "mypy")], **settings),
                step(
                    "migrations match models", [sys.executable, "-m", "django", "makemigrations", "--check"], **settings
                ),
                step(
                    "deployment settings",
                    [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
                    **settings,
                    LIANZHU_HTTPS="1",
                ),
                step("policy library", [sys.executable, "-m", "lianzhu", "policy", "lint"]),
                step("house rules", [sys.executable, "-m", "pytest", "tests/house", "-q"]),
            ]
    return 0 if all(steps) else 1
