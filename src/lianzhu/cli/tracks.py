"""`lianzhu tracks`: complexity of a table, ranking of new links, and its back-test."""

import argparse
import sys
from pathlib import Path

from lianzhu.cli.words import in_language
from lianzhu.engine.tracks import (
    Backtest,
    Learned,
    Quality,
    complexity,
    grid_from,
    judge,
    learn,
    links_from,
    ranking,
    read_links,
    read_table,
    withheld,
)
from lianzhu.library.problem import BadInput, Problem, marked

BAR = 30


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verbs complexity, rank and backtest."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    whole = verbs.add_parser("complexity", help="RCA, density, ECI and PCI of a place × product table")
    whole.add_argument("table", metavar="IN", type=Path, help="location,product,value as CSV, Parquet, XLSX or JSON")
    whole.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="gets locations.csv, products.csv and pairs.csv"
    )
    whole.set_defaults(run=run_complexity)
    rank = verbs.add_parser("rank", help="which new items are likely next for each unit")
    rank.add_argument("links", metavar="LINKS", type=Path, help="one row per unit: its id, then the ids of its items")
    rank.add_argument("--top", type=int, default=20, help="items per unit (default 20)")
    rank.add_argument("--out", metavar="R.csv", type=Path, help="unit,item,score,rank; default standard output")
    rank.set_defaults(run=run_rank)
    test = verbs.add_parser("backtest", help="judge the ranker and every null on links kept aside")
    test.add_argument("train", metavar="TRAIN", type=Path, help="links to learn from, as for rank")
    test.add_argument("test", metavar="TEST", type=Path, help="links to find; those also in TRAIN are taken out of it")
    test.set_defaults(run=run_backtest)


def _warn(problem: Problem) -> None:
    print(f"lianzhu tracks: {in_language(problem)}", file=sys.stderr)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        filled = BAR * done // total
        print(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done}/{total}", end="", file=sys.stderr, flush=True)
        if done == total:
            print(file=sys.stderr)


def run_complexity(args: argparse.Namespace) -> int:
    """Write locations.csv, products.csv and pairs.csv; warnings and the spectral gap go to standard error."""
    found = complexity(grid_from(read_table(args.table)))
    args.out.mkdir(parents=True, exist_ok=True)
    found.locations().write_csv(args.out / "locations.csv")
    found.products().write_csv(args.out / "products.csv")
    found.pairs().write_csv(args.out / "pairs.csv")
    for problem in found.warnings:
        _warn(problem)
    gap = marked("Singular values 2 and 3 are {second} and {third}; the wider apart, the surer the order by ECI.")
    _warn(Problem(gap, {"second": f"{found.spectrum.second:.4f}", "third": f"{found.spectrum.third:.4f}"}))
    return 0


def run_rank(args: argparse.Namespace) -> int:
    """Write the ranking; exit 2 with the reason when it does not beat degree product on its own back-test."""
    if args.top < 1:
        raise BadInput(Problem(marked("--top {top} is below 1."), {"top": args.top}, mend=marked("Write 20.")))
    links = links_from(read_links(args.links))
    learned = learn(links.held, _progress)
    reason = withheld(learned.backtest)
    if reason:
        raise BadInput(reason)
    _say_backtest(learned)
    rows = ranking(links, learned.scores, args.top)
    if args.out:
        rows.write_csv(args.out)
    else:
        sys.stdout.write(rows.write_csv())
    return 0


def _say_backtest(learned: Learned) -> None:
    params: dict[str, object] = {"splits": len(learned.backtest.splits["model"])}
    for short, measure in (("pr", "PR-AUC"), ("p", "P@20")):
        mean, half = learned.backtest.mean_and_interval("model", measure)
        params[short], params[f"{short}_half"] = f"{mean:.3f}", f"{half:.3f}"
        params[f"{short}_degree"] = f"{learned.backtest.mean_and_interval('degree product', measure)[0]:.3f}"
    said = marked(
        "On {splits} splits of hidden links: PR-AUC {pr} ± {pr_half} (degree product {pr_degree}),"
        " P@20 {p} ± {p_half} (degree product {p_degree})."
    )
    _warn(Problem(said, params))


def run_backtest(args: argparse.Namespace) -> int:
    """Print the measures on the test links, then the mean and 95 % interval over inner splits of the training links."""
    train, test = read_links(args.train), read_links(args.test)
    shared = sum(len(train.get(unit, set()) & items) for unit, items in test.items())
    if shared:
        said = marked("{count} test links are also training links: they are taken out of the training links.")
        _warn(Problem(said, {"count": shared}))
    train = {unit: train.get(unit, set()) - test.get(unit, set()) for unit in {**train, **test}}
    known = links_from(train, more_items={item for items in test.values() for item in items})
    wanted = links_from({unit: test.get(unit, set()) for unit in known.units}, more_items=known.items)
    quality, inner = judge(known.held, wanted.held, _progress)
    print("\n".join([*_test_lines(quality), "", *_split_lines(inner)]))
    reason = withheld(inner)
    if reason:
        _warn(reason)
    return 0


def _test_lines(quality: dict[str, Quality]) -> list[str]:
    measures = list(quality["model"].values())
    lines = [f"test links (base rate {quality['model'].base:.4f})", f"{'':18}" + "".join(f"{m:>10}" for m in measures)]
    for name, found in quality.items():
        lines.append(f"{name:18}" + "".join(f"{value:10.4f}" for value in found.values().values()))
    return lines


def _split_lines(inner: Backtest) -> list[str]:
    splits = inner.splits["model"]
    measures = list(splits[0].values())
    base = sum(split.base for split in splits) / len(splits)
    head = f"inner splits of the training links: mean ± 95 % interval over {len(splits)} (base rate {base:.4f})"
    lines = [head, f"{'':18}" + "".join(f"{m:>17}" for m in measures)]
    for name in inner.splits:
        cells = [inner.mean_and_interval(name, measure) for measure in measures]
        lines.append(f"{name:18}" + "".join(f"{f'{mean:.4f} ± {half:.4f}':>17}" for mean, half in cells))
    return lines
