"""`lianzhu manage …`: Django's own management commands on a town (migrate, work, verify_audit, …)."""

import argparse
import os
from pathlib import Path

from django.core.management import execute_from_command_line

from lianzhu.cli.place import add_data_option, start_django


def configure(parser: argparse.ArgumentParser) -> None:
    """Everything after `manage` goes to Django."""
    add_data_option(parser, "town")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="the command and its options")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run one management command."""
    start_django(Path(args.data), demo=os.environ.get("LIANZHU_DEMO") == "1")
    execute_from_command_line(["lianzhu manage", *args.rest])
    return 0
