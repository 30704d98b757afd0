"""Wheel build hook: a release holds the compiled translations and the chart library."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))

import prepare


class Prepare(BuildHookInterface):
    """Runs `prepare.py` before the files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        prepare.main()
