"""`lianzhu up`: serve your own town; the first start makes an administrator and says how to sign in."""

import argparse

from django.core.management import call_command

from lianzhu.cli.place import add_data_option, migrate, start_django
from lianzhu.cli.ports import first_free, refuse_taken
from lianzhu.cli.serving import collect_static, serve


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lianzhu up`."""
    add_data_option(parser, "town")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, help="port (8000, or the next free one)")
    parser.add_argument("--town", default="本镇", help="first start: name of the town")
    parser.add_argument("--chain", default="本镇产业链", help="first start: name of the chain")
    parser.add_argument("--no-serve", action="store_true", help="prepare and stop")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Migrate, make the first administrator if there is none, serve."""
    if args.port:
        refuse_taken(args.port)
    start_django(args.data)
    migrate()
    collect_static()
    call_command("found_town", town=args.town, chain=args.chain)
    port = args.port or first_free(8000)
    print(f"http://{args.host}:{port}/   (Ctrl+C stops)", flush=True)
    return 0 if args.no_serve else serve(args.host, port)
