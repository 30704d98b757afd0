"""The `lianzhu` command: picks the room's module and lets it parse the rest.

A room's module is loaded only when asked for, so that `lianzhu clock` does not wait for Django or numba.
Each has `configure(parser)`, which adds its verbs and sets `run`, a function from parsed arguments to exit status.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence

from lianzhu import __version__
from lianzhu.cli.words import in_language
from lianzhu.library.problem import BadInput

ROOMS = {
    "demo": "a fictional town, built from spreadsheets, on 127.0.0.1",
    "up": "serve your own town",
    "backup": "database and files into one archive",
    "restore": "database and files back from an archive",
    "test": "every check and test (in a checkout)",
    "check": "lint, contracts, types, templates (in a checkout)",
    "manage": "Django's own management commands",
    "roster": "spreadsheets in, trustworthy facts out",
    "policy": "which policy does a firm qualify for",
    "chain": "who holds the chain together",
    "tracks": "where the cluster could grow next",
    "market": "crowding without prices",
    "clock": "Chinese working time",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 2 bad input."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="lianzhu", description="链珠 Lianzhu: Fact -> Finding -> Case -> Outcome.")
    parser.add_argument("--version", action="version", version=__version__)
    rooms = parser.add_subparsers(dest="room", metavar="COMMAND", required=True)
    for name, said in ROOMS.items():
        room = rooms.add_parser(name, help=said, description=said)
        if arguments and arguments[0] == name:
            importlib.import_module(f"lianzhu.cli.{name}").configure(room)
    args = parser.parse_args(arguments)
    try:
        return int(args.run(args) or 0)
    except BadInput as error:
        for problem in error.problems:
            print(f"lianzhu {args.room}: {in_language(problem)}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
