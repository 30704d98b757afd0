"""Concentration and crowding by product, distinctiveness by firm; counts only where enough controllers stand behind."""

import numpy as np
import polars as pl

from lianzhu.engine.market.overlap import Overlap
from lianzhu.engine.market.portfolios import Portfolios

# Competition rule C3: a number needs five independent controllers behind it; below, only the band is shown.
LEAST_CONTROLLERS = 5
BANDS = ((5, "1-4"), (10, "5-9"), (20, "10-19"))
MOST_BAND = "20+"
# Competition rule C5: a quarter is told only with five other firms in each; one's own is no part of the reference.
LEAST_OTHERS = 20
QUARTERS = ("lowest quarter", "second quarter", "third quarter", "highest quarter")


def hhi(amounts: np.ndarray) -> float:
    """Herfindahl-Hirschman index, plain: the sum of squared shares, 1/n to 1, not normalised by the number of firms.

    Amounts are of independent controllers, in one unit. No amount above 0 gives 0.

    >>> hhi(np.array([50.0, 30.0, 20.0]))
    0.38
    """
    total = float(np.sum(amounts))
    return float(np.sum((np.asarray(amounts, dtype=float) / total) ** 2)) if total > 0 else 0.0


def cr4(amounts: np.ndarray) -> float:
    """Share of the four largest controllers, 0–1; fewer than four give 1.

    >>> cr4(np.array([1.0, 1.0, 1.0, 1.0, 4.0]))
    0.875
    """
    total = float(np.sum(amounts))
    return float(np.sort(amounts)[::-1][:4].sum()) / total if total > 0 else 0.0


def band(controllers: int) -> str:
    """A number of controllers as the band a page may show.

    >>> band(4), band(5), band(20)
    ('1-4', '5-9', '20+')
    """
    return next((label for below, label in BANDS if controllers < below), MOST_BAND)


def node_table(held: Portfolios) -> pl.DataFrame:
    """One row per product in order of appearance: product, makers, band, thin, hhi, cr4.

    `makers` is the number of independent controllers, or the band when there are fewer than five; `thin` says only
    that. These are the same for every reader. `hhi` and `cr4` (by controller; every row counts 1 without weights) are
    empty below five; from real weights they are the statistician's until released.
    """
    product, controller = held.product_of[held.item], held.controller[held.firm]
    pair, inverse = np.unique(product * (held.controller.max() + 1) + controller, return_inverse=True)
    amount = np.bincount(inverse, held.weight)
    starts = np.searchsorted(pair // (held.controller.max() + 1), np.arange(len(held.products) + 1))
    rows = []
    for at, name in enumerate(held.products):
        amounts = amount[starts[at] : starts[at + 1]]
        makers = len(amounts)
        enough = makers >= LEAST_CONTROLLERS
        rows.append(
            (
                name,
                str(makers) if enough else band(makers),
                band(makers),
                not enough,
                hhi(amounts) if enough else None,
                cr4(amounts) if enough else None,
            )
        )
    schema = {
        "product": pl.String,
        "makers": pl.String,
        "band": pl.String,
        "thin": pl.Boolean,
        "hhi": pl.Float64,
        "cr4": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def firm_table(held: Portfolios, found: Overlap) -> pl.DataFrame:
    """One row per firm in order of appearance: firm, products, distinctiveness, quarter.

    Distinctiveness = 1 − mean cosine with the firms of other controllers (1: shares nothing, or is alone). `quarter` is
    the firm's place among the *other* controllers' firms, empty below 20 other controllers. Each row is for its firm.
    """
    distinct = 1.0 - found.mean
    enough = held.controller.max() >= LEAST_OTHERS
    quarters = [own_quarter(held, distinct, at) if enough else None for at in range(len(held.firms))]
    products = np.bincount(np.unique(held.firm * len(held.products) + held.product_of[held.item]) // len(held.products))
    return pl.DataFrame(
        {
            "firm": pl.Series(held.firms, dtype=pl.String),
            "products": products,
            "distinctiveness": distinct,
            "quarter": pl.Series(quarters, dtype=pl.String),
        }
    )


def own_quarter(held: Portfolios, values: np.ndarray, firm: int) -> str:
    """The quarter of the other controllers' firms that a firm's value falls in."""
    others = values[held.controller != held.controller[firm]]
    bounds = np.quantile(others, (0.25, 0.5, 0.75))
    return QUARTERS[int(np.searchsorted(bounds, values[firm], side="right"))]


def pair_table(held: Portfolios, found: Overlap) -> pl.DataFrame:
    """The nearest firms of each firm: firm, other, shared, cosine, jaccard; in order of firm, then of `other`.

    For the office: it names firms, so it is never shown to another firm; with weights it is the statistician's.
    """
    row, column = np.nonzero(found.other >= 0)
    order = np.lexsort((found.other[row, column], row))
    row, column = row[order], column[order]
    firms = pl.Series(held.firms, dtype=pl.String)
    return pl.DataFrame(
        {
            "firm": firms[row],
            "other": firms[found.other[row, column]],
            "shared": found.shared[row, column],
            "cosine": found.cosine[row, column],
            "jaccard": found.jaccard[row, column],
        }
    )
