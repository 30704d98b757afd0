"""Where a command's town lives, and starting Django on it."""

import argparse
import os
from pathlib import Path

import django
from django.core.management import call_command

SETTINGS = "lianzhu.config.settings"


def add_data_option(parser: argparse.ArgumentParser, name: str = "town") -> None:
    """Give a command `--data FOLDER`; the default is this command's own folder."""
    home = Path(os.environ.get("LIANZHU_HOME", "lianzhu-data"))
    default = Path(os.environ["LIANZHU_DATA"]) if "LIANZHU_DATA" in os.environ else home / name
    parser.add_argument("--data", type=Path, default=default, help="folder of database, files and key (%(default)s)")


def start_django(data: Path, *, demo: bool = False) -> None:
    """Point the settings at a data folder and load the apps."""
    os.environ["LIANZHU_DATA"] = str(data.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    if demo:
        os.environ["LIANZHU_DEMO"] = "1"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    django.setup()


def migrate() -> None:
    """Bring the database to this version's shape."""
    call_command("migrate", interactive=False, verbosity=0)
