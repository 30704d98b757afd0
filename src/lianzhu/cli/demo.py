"""`lianzhu demo`: a fictional town, built from messy spreadsheets through the product's own import, served locally."""

import argparse
import shutil
import sys
import time

from django.core.management import call_command

from lianzhu.cli.place import add_data_option, migrate, start_django
from lianzhu.cli.ports import first_free, refuse_taken
from lianzhu.cli.serving import collect_static, serve


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lianzhu demo`."""
    add_data_option(parser, "demo")
    parser.add_argument("--port", type=int, help="port on 127.0.0.1 (8000, or the next free one)")
    parser.add_argument("--fresh", action="store_true", help="throw the demo town away and build it again")
    parser.add_argument("--no-serve", action="store_true", help="build and stop")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Build the town unless it stands, then serve it."""
    if args.port:
        refuse_taken(args.port)
    if args.fresh and (args.data / "demo").exists():
        shutil.rmtree(args.data)
    start_django(args.data, demo=True)
    (args.data / "demo").touch()
    started = time.monotonic()
    migrate()
    collect_static()
    call_command("build_demo")
    port = args.port or first_free(8000)
    call_command("demo_accounts")
    print(f"\nReady after {time.monotonic() - started:.1f} s: http://127.0.0.1:{port}/   (Ctrl+C stops)", flush=True)
    if args.no_serve:
        return 0
    sys.stdout.flush()
    return serve("127.0.0.1", port)
