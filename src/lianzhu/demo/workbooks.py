"""The town's spreadsheets as ten offices' clerks would send them: messy, and the same bytes for the same town.

`write_workbooks(town, folder)` writes them in the order they are imported in. The first knows every firm by its full
name; the later ones call firms by the names people use, and say in `answers` who is meant.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random

from lianzhu.demo.offices import registration, science, statistics, taxes
from lianzhu.demo.pages import Answer, Draft, Workbook, write
from lianzhu.demo.records import Town
from lianzhu.demo.tables import contacts, controllers, links, origins, places, products

__all__ = ["Answer", "Workbook", "write_workbooks"]

_CLERKS: tuple[Callable[[Town, Random], Draft], ...] = (
    statistics,
    registration,
    taxes,
    science,
    products,
    links,
    origins,
    places,
    contacts,
    controllers,
)


def write_workbooks(town: Town, folder: Path) -> list[Workbook]:
    """Write all workbooks into `folder`, which is made if need be, and return them in the order of import.

    Raises OSError when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [write(clerk(town, Random(f"{town.seed}/{clerk.__name__}")), folder) for clerk in _CLERKS]
