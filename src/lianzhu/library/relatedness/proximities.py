"""Loads the shipped proximity table into arrays."""

import csv
import gzip
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from lianzhu.library.problem import BadInput, Problem, marked

PER = 1000.0


@dataclass(frozen=True)
class Relatedness:
    """Proximity of trade codes. `phi` is codes × codes (diagonal 1); `draws` are the same from redrawn places.

    `codes` are sorted SITC Rev. 2 four-digit codes; `draws` is draws × codes × codes.
    """

    codes: tuple[str, ...]
    phi: NDArray[np.float64]
    draws: NDArray[np.float64]

    def at(self, code: str) -> int | None:
        """Return the row of a code, None when the table does not hold it."""
        return self.codes.index(code) if code in self.codes else None


@cache
def relatedness() -> Relatedness:
    """Return the shipped table. Raises BadInput when a cell is not a number or a pair is missing.

    >>> table = relatedness()
    >>> bool(table.phi[table.at("7711"), table.at("7721")] > table.phi[table.at("7711"), table.at("3345")])
    True
    """
    packed = files("lianzhu.library.relatedness").joinpath("proximity.csv.gz").read_bytes()
    rows = list(csv.reader(io.StringIO(gzip.decompress(packed).decode())))[1:]
    codes = tuple(sorted({row[0] for row in rows} | {row[1] for row in rows}))
    whole = len(codes) * (len(codes) - 1) // 2
    if len({tuple(row[:2]) for row in rows}) != whole or not all(cell.isdigit() for row in rows for cell in row):
        raise BadInput(
            Problem(
                marked("proximity.csv.gz is damaged: {rows} rows for {codes} codes."),
                {"rows": len(rows), "codes": len(codes)},
                mend=marked("Restore the file."),
            )
        )
    place = {code: at for at, code in enumerate(codes)}
    cube = np.zeros((len(rows[0]) - 2, len(codes), len(codes)))
    for start, end, *values in rows:
        near = np.array(values, dtype=np.float64) / PER
        cube[:, place[start], place[end]] = cube[:, place[end], place[start]] = near
    cube[:, np.arange(len(codes)), np.arange(len(codes))] = 1.0
    return Relatedness(codes, cube[0], cube[1:])
