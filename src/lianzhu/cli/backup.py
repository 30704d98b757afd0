"""`lianzhu backup FILE`: database and files together in one archive, safe to run while the town is served."""

import argparse
from pathlib import Path

from lianzhu.cli.archive import write_archive
from lianzhu.cli.place import add_data_option, start_django


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lianzhu backup`."""
    add_data_option(parser)
    parser.add_argument("out", type=Path, metavar="FILE", help="the archive to write, e.g. town-2026-11-23.tar.gz")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the archive and say what is in it."""
    start_django(args.data)
    summary = write_archive(args.out)
    print(f"{args.out}: {summary.tables} tables, {summary.rows} rows, {summary.files} files")
    return 0
