"""Ten policies of the library over a million firms with 10 % blanks, beside peers measured in the same run.

Run alone: `python bench/rules.py`. OpenFisca-Core (AGPL, benchmark only) is measured when the interpreter named by
OPENFISCA_PYTHON has it, and skipped aloud otherwise.
"""

import datetime
import os
import platform
import resource
import subprocess
import sys
import time
from functools import reduce
from pathlib import Path

import numpy as np
import polars as pl

from lianzhu.engine.rules.columns import compile_policies
from lianzhu.engine.rules.formula import And, Judge, Linear, Or, lines
from lianzhu.engine.rules.shelf import library_shelf, package

FIRMS = 1_000_000
DAY = datetime.date(2026, 6, 1)
RULES = (
    "cn.hnte",
    "cn.champion",
    "cn.eit.rd100",
    "cn.eit.small",
    "cn.fees.6t2f",
    "cn.vat.advmfg5",
    "cn.startup-loan",
    "cn.patentfee",
    "cn.levy.disabled",
    "cn.pay.sme",
)
SHELF = library_shelf()


def made_firms(rules, count, seed=7):
    """Firms with values around the numbers of the rules; every fact blank for one firm in ten."""
    luck = np.random.default_rng(seed)
    bounds = [SHELF.version_on(rule, DAY) for rule in rules]
    facts = sorted(
        {fact for bound in bounds for fact in (*bound.whole.facts, *(f for _, b in bound.levels for f in b.facts))}
    )
    near = {}
    for bound in bounds:
        for clause in bound.clauses:
            for line, _ in lines(clause.holds):
                if not line.b and line.c:
                    near.setdefault(line.a, []).append(abs(line.c // line.p))
    columns = {}
    for fact in facts:
        unit = SHELF.units[fact]
        blank = luck.random(count) < 0.1
        if unit.kind == "boolean":
            values = pl.Series(luck.random(count) < 0.7)
        elif unit.kind == "choice":
            values = pl.Series(luck.integers(0, unit.high + 1, count), dtype=pl.Int8)
        else:
            middle = float(np.median(near.get(fact, [1000 / unit.step])))
            values = pl.Series((luck.lognormal(0.3, 0.8, count) * middle).astype(np.int64)).clip(unit.low, unit.high)
            values = values.cast(pl.Int32) if unit.high < 2**31 else values
        columns[fact] = pl.select(pl.when(~pl.lit(pl.Series(blank))).then(pl.lit(values))).to_series().alias(fact)
    return pl.DataFrame(columns)


def naive(rules):
    """The same rules as plain Polars expressions with its own three-valued logic, nothing shared, nothing joint."""

    def said(node):
        match node:
            case And(parts):
                return reduce(lambda a, b: a & b, map(said, parts))
            case Or(parts):
                return reduce(lambda a, b: a | b, map(said, parts))
            case Judge():
                return pl.lit(None, dtype=pl.Boolean)
            case Linear():
                left = pl.col(node.a).cast(pl.Int64) * node.p
                if node.b:
                    left = left + pl.col(node.b).cast(pl.Int64) * node.q
                return left > node.c if node.strict else left >= node.c

    return [said(SHELF.version_on(rule, DAY).whole.holds).alias(rule) for rule in rules]


def best(run, times=7):
    """Shortest wall time of several runs, its CPU time, and the last result."""
    found = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        result = run()
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    return *min(found), result


def openfisca(count):
    """Run the peer in its own interpreter; returns rows x rules per second and CPU-seconds, or None, saying why."""
    python = os.environ.get("OPENFISCA_PYTHON")
    if not python:
        print("OpenFisca-Core: skipped, OPENFISCA_PYTHON is not set")
        return None
    done = subprocess.run(
        [python, str(Path(__file__).with_name("rules_openfisca.py")), str(count)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print("OpenFisca-Core: skipped,", done.stderr.strip().splitlines()[-1])
        return None
    rate, cpu = done.stdout.split()[-2:]
    return float(rate), float(cpu)


def main():
    """Print the machine, the rates, the ratios and the memory."""
    print(
        platform.processor() or platform.machine(),
        os.cpu_count(),
        "cores, Python",
        platform.python_version(),
        "Polars",
        pl.__version__,
    )
    frame = made_firms(RULES, FIRMS)
    work = FIRMS * len(RULES)
    compiled = compile_policies(SHELF, DAY, RULES)
    start = time.perf_counter()
    compiled.verdicts(frame)
    print(f"first call, kernels compiled or read from their cache: {time.perf_counter() - start:.2f} s")
    wall, spent, ours = best(lambda: compiled.verdicts(frame), 15)
    rate = work / wall
    print(f"ours, exact, joint: {wall * 1e3:.1f} ms, {spent:.3f} CPU-s, {rate:.2e} rows x rules/s")
    expressions = naive(RULES)
    wall, cpu, plain = best(lambda: frame.select(expressions))
    ratio = rate * wall / work
    print(f"naive Polars Kleene: {wall * 1e3:.1f} ms, {cpu:.3f} CPU-s, {work / wall:.2e}; ours is {ratio:.2f} x")
    weaker = sum(int((plain[rule].is_null() & ours[rule].is_not_null()).sum()) for rule in RULES)
    other = sum(int((plain[rule] != ours[rule]).sum()) for rule in RULES)
    print(f"verdicts: {weaker} decided jointly that Kleene leaves open, {other} contradictions")
    peer = openfisca(FIRMS)
    if peer:
        other, cpu = peer
        print(f"OpenFisca-Core, two-valued float32, nothing missing: {other:.2e}, {cpu:.3f} CPU-s; ", end="")
        print(f"ours is {rate / other:.2f} x, for each CPU-second {cpu / spent:.2f} x")
    everything = [name for name in SHELF.chosen((), DAY) if SHELF.version_on(name, DAY)]
    some = made_firms(everything, 10_000)
    whole = compile_policies(SHELF, DAY)
    wall, cpu, _ = best(lambda: whole.verdicts(some))
    print(f"10,000 firms x {len(everything)} policies: {wall:.3f} s, {cpu:.3f} CPU-s (bar 0.5 s)")
    row = {name: value for name, value in some.row(5, named=True).items() if value is not None}
    firm = {name: bool(value) if SHELF.units[name].kind == "boolean" else value for name, value in row.items()}
    firm = {
        name: SHELF.units[name].codes[value] if SHELF.units[name].kind == "choice" else value
        for name, value in firm.items()
    }
    steps = {
        name: value if SHELF.units[name].kind != "number" else int(value * SHELF.units[name].step)
        for name, value in firm.items()
    }
    for said, facts in (("10 % blank", steps), ("nothing known", {})):
        wall, cpu, _ = best(lambda facts=facts: package(SHELF, facts, DAY))
        print(f"one firm, explained package, {said}: {wall * 1e3:.1f} ms (bar 50 ms)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB, of which input {frame.estimated_size() / 2**20:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
