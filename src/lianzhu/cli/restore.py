"""`lianzhu restore FILE`: a town from an archive, into an empty data folder; every row and file is checked."""

import argparse
from pathlib import Path

from lianzhu.cli.archive import read_archive
from lianzhu.cli.place import add_data_option, start_django


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lianzhu restore`."""
    add_data_option(parser)
    parser.add_argument("archive", type=Path, metavar="FILE", help="an archive written by `lianzhu backup`")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Restore and say what came back."""
    start_django(args.data)
    summary = read_archive(args.archive)
    print(f"{args.data}: {summary.tables} tables, {summary.rows} rows, {summary.files} files; all hashes agree")
    return 0
