"""Credit codes: how many a second, beside python-stdnum, and whether the two ever disagree.

Run alone: python bench/roster_codes.py
"""

import os
import platform
import random
import time
import unicodedata

import polars as pl

from lianzhu.engine.roster.codes import ALPHABET, check_character, valid_codes

try:
    from stdnum.cn import uscc
except ImportError:
    uscc = None

CODES = 200_000
REPEATS = 15


def codes(seed: int) -> list[str]:
    """Codes as lists hold them: valid, with a wrong character, with letters that do not exist, in full width."""
    random.seed(seed)
    found = []
    for _ in range(CODES):
        body = "91" + "".join(random.choices("0123456789", k=6)) + "".join(random.choices(ALPHABET, k=9))
        code = body + check_character(body)
        kind = random.random()
        if kind < 0.3:
            place = random.randrange(18)
            code = code[:place] + random.choice(ALPHABET + "IOSVZ") + code[place + 1 :]
        elif kind < 0.35:
            code = code[: random.randrange(18)]
        elif kind < 0.4:
            code = "".join(chr(ord(character) + 0xFEE0) for character in code)
        found.append(code)
    return found


def main() -> None:
    sample = codes(100)
    series = pl.Series(sample)
    big = pl.concat([series] * REPEATS)
    valid_codes(series)
    rates = []
    for _ in range(5):
        start = time.process_time()
        valid_codes(big)
        rates.append(len(big) / (time.process_time() - start))
    ours = sorted(rates)[2]
    print(f"machine: {platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"lianzhu: {ours / 1e6:.2f} million codes per CPU-second (median of 5, {len(big)} codes, 5 % in full width)")
    if uscc is None:
        print("python-stdnum is not installed: no comparison")
        return
    plain = [unicodedata.normalize("NFKC", code) for code in sample]
    start = time.process_time()
    theirs = [uscc.is_valid(code) for code in plain]
    rate = len(plain) / (time.process_time() - start)
    differ = sum(a != b for a, b in zip(valid_codes(series), theirs, strict=True))
    print(f"python-stdnum: {rate / 1e6:.3f} million per CPU-second; ratio {ours / rate:.0f}")
    print(f"disagreements on {CODES} codes after NFKC: {differ} ({sum(theirs)} valid)")


if __name__ == "__main__":
    main()
