"""Three-valued truths of many rows as 64-bit words: one instruction decides 64 rows.

A row has two bits, certainly true and certainly false; with neither it is unknown. Comparisons read the columns of a
Polars frame where they lie (the Arrow C data interface, which Polars offers in public) and write both bits at once,
so that no column of products, casts or truths is made on the way.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numba
import numpy as np
import polars as pl

WORD = 64


@dataclass(frozen=True, slots=True)
class Truth:
    """Rows certainly true and rows certainly false, in words; bits past the last row are in neither."""

    yes: np.ndarray
    no: np.ndarray

    def __and__(self, other: "Truth") -> "Truth":
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: "Truth") -> "Truth":
        return Truth(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> "Truth":
        return Truth(self.no, self.yes)

    @property
    def unknown(self) -> np.ndarray:
        """Rows in neither; the bits past the last row too."""
        return ~(self.yes | self.no)


@dataclass(frozen=True, slots=True)
class Column:
    """One fact: `values` are integers or, of a Boolean, words; `known` are words; `gaps`: some row may lack it."""

    values: np.ndarray
    known: np.ndarray
    gaps: bool

    def part(self, start: int, count: int) -> "Column":
        """Return the rows from `start`, a multiple of 64."""
        words = slice(start // WORD, -(-(start + count) // WORD))
        values = self.values[words if self.values.dtype == np.uint64 else slice(start, start + count)]
        return Column(values, self.known[words], self.gaps)


class Product(NamedTuple):
    """A column times a number, with the smallest and largest product of the fact's range."""

    values: np.ndarray
    known: np.ndarray
    factor: int
    low: int
    high: int


def everyone(count: int) -> np.ndarray:
    """Return the words with the first `count` bits set."""
    return packed(np.ones(count, np.bool_))


def packed(flags: np.ndarray) -> np.ndarray:
    """Return one truth per row as words."""
    words = np.zeros(-(-flags.size // WORD), np.uint64)
    words.view(np.uint8)[: -(-flags.size // 8)] = np.packbits(flags, bitorder="little")
    return words


def unpacked(words: np.ndarray, count: int) -> np.ndarray:
    """Return the first `count` bits as one truth per row."""
    return np.unpackbits(words.view(np.uint8), count=count, bitorder="little").view(np.bool_)


def bits_at(words: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the bits of some rows as one truth per row."""
    # Shifts, as numpy divides rows by 64 ten times slower.
    return (words[rows >> 6] >> (rows & 63).view(np.uint64) & np.uint64(1)).astype(np.bool_)


def set_bits(words: np.ndarray, rows: np.ndarray) -> None:
    """Set the bits of some rows, in place."""
    np.bitwise_or.at(words, rows >> 6, np.uint64(1) << (rows & 63).view(np.uint64))


def truth_series(name: str, truth: Truth, count: int) -> pl.Series:
    """Return a Boolean column; null = unknown."""
    yes, known = (pl.lit(pl.Series(unpacked(words, count))) for words in (truth.yes, truth.yes | truth.no))
    return pl.select(pl.when(known).then(yes).alias(name)).to_series()


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile with numba; keep the machine code when a place for it is writable."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no writable place for the cache: every process compiles for itself
        return numba.njit(nogil=True)(function)


@compiled
def write_at_least(a: np.ndarray, bound: int, known: np.ndarray, yes: np.ndarray, no: np.ndarray) -> None:
    """Write where a ≥ bound."""
    for word in range(known.size):
        start, bits = word * 64, np.uint64(0)
        # The full word has a loop of fixed length, which the compiler turns into vector instructions.
        if start + 64 <= a.size:
            for bit in range(64):
                bits |= np.uint64(a[start + bit] >= bound) << np.uint64(bit)
        else:
            for bit in range(a.size - start):
                bits |= np.uint64(a[start + bit] >= bound) << np.uint64(bit)
        yes[word] = bits & known[word]
        no[word] = ~bits & known[word]


@compiled
def write_sum_at_least(a: Any, b: Any, bound: int, yes: np.ndarray, no: np.ndarray) -> None:
    """Write where p·a + q·b ≥ bound, an unknown product standing at the end of its range that is against the answer."""
    a_values, a_known, p, a_low, a_high = a
    b_values, b_known, q, b_low, b_high = b
    for word in range(yes.size):
        start, holds, fails = word * 64, np.uint64(0), np.uint64(0)
        a_bits, b_bits = a_known[word], b_known[word]
        if start + 64 <= a_values.size:
            for bit in range(64):
                here = np.uint64(bit)
                # What lies in a gap is arbitrary: its product may wrap round, and is not looked at.
                left, right = p * np.int64(a_values[start + bit]), q * np.int64(b_values[start + bit])
                a_there, b_there = (a_bits >> here) & np.uint64(1), (b_bits >> here) & np.uint64(1)
                least = (left if a_there else a_low) + (right if b_there else b_low)
                most = (left if a_there else a_high) + (right if b_there else b_high)
                holds |= np.uint64(least >= bound) << here
                fails |= np.uint64(most < bound) << here
        else:
            for bit in range(a_values.size - start):
                here = np.uint64(bit)
                left, right = p * np.int64(a_values[start + bit]), q * np.int64(b_values[start + bit])
                a_there, b_there = (a_bits >> here) & np.uint64(1), (b_bits >> here) & np.uint64(1)
                least = (left if a_there else a_low) + (right if b_there else b_low)
                most = (left if a_there else a_high) + (right if b_there else b_high)
                holds |= np.uint64(least >= bound) << here
                fails |= np.uint64(most < bound) << here
        yes[word], no[word] = holds, fails


def at_least(a: Column, bound: int) -> Truth:
    """Return where a ≥ bound; unknown where a is."""
    truth = Truth(np.empty_like(a.known), np.empty_like(a.known))
    write_at_least(a.values, bound, a.known, truth.yes, truth.no)
    return truth


def sum_at_least(a: Product, b: Product, bound: int) -> Truth:
    """Return where the sum of two products is ≥ bound, in 64-bit integers: the caller has proved them wide enough."""
    truth = Truth(np.empty_like(a.known), np.empty_like(a.known))
    write_sum_at_least(tuple(a), tuple(b), bound, truth.yes, truth.no)
    return truth


# The two structures of the Arrow C data interface that are read here, field by field as its specification lists them.
class _Array(ctypes.Structure):
    pass


_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))),
    ("private_data", ctypes.c_void_p),
]


class _Stream(ctypes.Structure):
    _fields_ = (
        ("get_schema", ctypes.c_void_p),
        ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_Array))),
        ("get_last_error", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


_pointer_in = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_in.restype, _pointer_in.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)


@contextmanager
def columns_of(frame: pl.DataFrame) -> Iterator[dict[str, Column]]:
    """Give the Boolean, Int32 and Int64 columns of a frame of one row or more where they lie, until the block ends."""
    if not frame.width:
        yield {}
        return
    frame = frame.rechunk()
    capsule = frame.__arrow_c_stream__()
    address = _pointer_in(capsule, b"arrow_array_stream")
    array = _Array()
    if _Stream.from_address(address).get_next(address, ctypes.byref(array)) or array.length != frame.height:
        message = "Polars did not hand over the frame as one array"
        raise RuntimeError(message)
    try:
        everybody = everyone(frame.height)
        children = [array.children[place].contents for place in range(frame.width)]
        yield {
            name: _column(child, array.offset + child.offset, frame.height, dtype, everybody)
            for (name, dtype), child in zip(frame.schema.items(), children, strict=True)
        }
    finally:
        array.release(ctypes.byref(array))


def _column(array: _Array, start: int, count: int, dtype: pl.DataType, everybody: np.ndarray) -> Column:
    validity, data = array.buffers[0], array.buffers[1]
    known = _bits(validity, start, count) if validity else everybody
    if dtype == pl.Boolean:
        values = _bits(data, start, count)
    else:
        values = _lying_at(data, start, count, np.int32 if dtype == pl.Int32 else np.int64)
    return Column(values, known, known is not everybody)


def _lying_at(address: int, start: int, count: int, dtype: Any) -> np.ndarray:
    size = np.dtype(dtype).itemsize
    return np.frombuffer((ctypes.c_char * (count * size)).from_address(address + start * size), dtype)


def _bits(address: int, start: int, count: int) -> np.ndarray:
    """Words copied from a bitmap that may begin inside a byte and end inside a word."""
    first, skipped = divmod(start, 8)
    octets = _lying_at(address, first, -(-(skipped + count) // 8), np.uint8)
    if skipped or count % 8:
        return packed(np.unpackbits(octets, count=skipped + count, bitorder="little")[skipped:])
    words = np.zeros(-(-count // WORD), np.uint64)
    words.view(np.uint8)[: octets.size] = octets
    return words
