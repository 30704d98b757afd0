"""`lianzhu market`: crowding of products and likeness of firms, without prices."""

import argparse
from pathlib import Path

from lianzhu.cli.frames import read_frame
from lianzhu.engine.market import firm_table, node_table, overlap, pair_table, portfolios
from lianzhu.library.problem import BadInput, Problem, marked


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verb crowding."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    crowding = verbs.add_parser(
        "crowding",
        help="who makes the same: bands by product, distinctiveness by firm, nearest portfolios",
        description="Writes nodes.csv (product,makers,band,thin,hhi,cr4; below 5 controllers only the band), "
        "firms.csv (firm,products,distinctiveness,quarter; each row for its firm alone) and overlap.csv (firm,other,"
        "shared,cosine,jaccard; for the office, with weights for the statistician). HHI is plain, not normalised. "
        "Who may see what: docs/howto/market.md.",
    )
    crowding.add_argument(
        "products",
        metavar="PRODUCTS",
        type=Path,
        help="firm,product[,weight][,controller][,voltage_class][,standard] as CSV, Parquet, XLSX or JSON",
    )
    crowding.add_argument("--out", metavar="DIR", type=Path, required=True, help="gets the three files")
    crowding.add_argument("--top", type=int, default=5, help="nearest firms per firm in overlap.csv (default 5)")
    crowding.set_defaults(run=run_crowding)


def run_crowding(args: argparse.Namespace) -> int:
    """Write nodes.csv, firms.csv and overlap.csv."""
    if args.top < 1:
        raise BadInput(Problem(marked("--top {top} is below 1."), {"top": args.top}, mend=marked("Write 5.")))
    held = portfolios(read_frame(args.products))
    found = overlap(held, top=args.top)
    args.out.mkdir(parents=True, exist_ok=True)
    node_table(held).write_csv(args.out / "nodes.csv")
    firm_table(held, found).write_csv(args.out / "firms.csv")
    pair_table(held, found).write_csv(args.out / "overlap.csv")
    return 0
