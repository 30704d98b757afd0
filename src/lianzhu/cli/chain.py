"""`lianzhu chain`: fragility of every firm, single points of failure, coverage of the taxonomy."""

import argparse
import datetime
from pathlib import Path

import numpy as np
import polars as pl

from lianzhu.cli.frames import progress_bar, read_frame, write_frame
from lianzhu.engine.chain import Network, articulation_points, coverage, fragility, network, sole_suppliers
from lianzhu.engine.chain.network import MOST_PROBLEMS
from lianzhu.library.problem import BadInput, Problem, marked

FORMATS = "CSV, Parquet, XLSX or JSON"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verbs fragility, points and coverage."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    index = verbs.add_parser("fragility", help="share of all output lost when each firm fails (ESRI)")
    add_network(index)
    index.add_argument("--eps", type=float, default=1e-2, help="stop when no firm falls by more than this in a step")
    index.add_argument("--no-substitution", action="store_true", help="no firm replaces another of its sector")
    index.add_argument("--refine", metavar="EPS", type=float, help="run the highest 1 %% again at this precision")
    index.add_argument("--workers", type=int, help="threads; the result is the same for any number")
    index.set_defaults(run=run_fragility)
    points = verbs.add_parser("points", help="single points of failure, by kind")
    add_network(points)
    points.set_defaults(run=run_points)
    cover = verbs.add_parser(
        "coverage",
        help="strong, thin, single-source, missing or outside, for every node",
        description="Statuses: missing - no maker and no purchase on record; outside - no maker, but bought; "
        "single-source - one controller; thin - two controllers, or under half of it bought here, or (with --on) "
        "evidence older than two years; strong - the rest. Firms of one controller count once.",
    )
    cover.add_argument("--firms", metavar="F", type=Path, required=True, help="firm[,controller]")
    cover.add_argument("--products", metavar="P", type=Path, required=True, help="firm,node[,date]: who makes what")
    cover.add_argument(
        "--links",
        metavar="L",
        type=Path,
        required=True,
        help="supplier,buyer,node[,w][,date]; a supplier that is empty or not in F is outside; without w each counts 1",
    )
    cover.add_argument("--nodes", metavar="N", type=Path, help="node[,name][,level]; default: the shipped taxonomy")
    cover.add_argument("--on", metavar="DATE", type=datetime.date.fromisoformat, help="judge the evidence's age")
    add_out(cover, "node,name,level,status,firms,controllers,controllers_band,local_share,evidence,why")
    cover.set_defaults(run=run_coverage)


def add_network(parser: argparse.ArgumentParser) -> None:
    """Add the files of a network and the output."""
    parser.add_argument("--links", metavar="L", type=Path, required=True, help=f"supplier,buyer,w as {FORMATS}")
    parser.add_argument("--firms", metavar="F", type=Path, required=True, help=f"firm,sector as {FORMATS}")
    parser.add_argument(
        "--essential",
        metavar="E",
        type=Path,
        help="matrix of 0, 1, 2 without a header: input sector by buyer sector, sectors numbered from 0. "
        "Without it every input is essential",
    )
    add_out(parser, "a CSV")


def add_out(parser: argparse.ArgumentParser, columns: str) -> None:
    """Add the output."""
    parser.add_argument("--out", metavar="R", type=Path, help=f"{columns}; default standard output")


def read_matrix(path: Path) -> np.ndarray:
    """Read the matrix of essential inputs; what is no number is refused with its row and column."""
    table = read_frame(path, header=False)
    numbers = table.select(pl.all().cast(pl.Float64, strict=False))
    wrong = np.argwhere(numbers.select(pl.all().is_null()).to_numpy())[:MOST_PROBLEMS]
    said, mend = marked("{value} is not 0, 1 or 2."), marked("Write 0 negligible, 1 non-essential or 2 essential.")
    problems = [
        Problem(said, {"value": table[int(r), int(c)] or "–"}, mend, "essential", int(r) + 1, str(c + 1))
        for r, c in wrong
    ]
    if problems:
        raise BadInput(problems)
    return numbers.to_numpy()


def network_of(args: argparse.Namespace) -> Network:
    """Build the network from the files named on the command line."""
    essential = read_matrix(args.essential) if args.essential else None
    return network(read_frame(args.links), read_frame(args.firms), essential)


def run_fragility(args: argparse.Namespace) -> int:
    """Write shocked_firm, esri, esri_down, esri_up, iters in the order of the firms file."""
    table = fragility(
        network_of(args),
        eps=args.eps,
        substitution=not args.no_substitution,
        refine=args.refine,
        workers=args.workers,
        progress=progress_bar,
    )
    write_frame(table, args.out)
    return 0


def run_points(args: argparse.Namespace) -> int:
    """Write kind, firm, buyer, sector, cut_off: cut points first, then sole suppliers of essential inputs."""
    net = network_of(args)
    cuts = articulation_points(net).select(pl.lit("cut point").alias("kind"), "firm", "cut_off")
    alone = sole_suppliers(net).select(pl.lit("sole supplier").alias("kind"), "buyer", "sector", firm="supplier")
    both = pl.concat([cuts, alone], how="diagonal").select("kind", "firm", "buyer", "sector", "cut_off")
    write_frame(both, args.out)
    return 0


def run_coverage(args: argparse.Namespace) -> int:
    """Write the status of every node of the taxonomy."""
    nodes = read_frame(args.nodes) if args.nodes else None
    table = coverage(read_frame(args.firms), read_frame(args.products), read_frame(args.links), nodes=nodes, on=args.on)
    write_frame(table, args.out)
    return 0
