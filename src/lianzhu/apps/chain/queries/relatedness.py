"""How near a candidate track is to what the cluster makes, with its interval; and when that figure is withheld.

Everything here follows from public products and the library alone. The figure is one line of evidence beside a
hypothesis, never an order of tracks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianzhu.engine.tracks import track_scores
from lianzhu.library.chain import trade_codes
from lianzhu.library.problem import BadInput


@dataclass(frozen=True)
class Measure:
    """A mean and the half width of its 95 % interval over splits; 0 for a single split."""

    mean: float
    half: float = 0.0


@dataclass(frozen=True)
class Backtest:
    """What the method (density) reached on hidden links, beside degree product, which knows only size."""

    what: str | Promise
    pr_auc: tuple[Measure, Measure]
    precision: tuple[Measure, Measure]
    over_time: bool = False

    @property
    def beats_degree(self) -> bool:
        """Whether the intervals lie apart, the method's above, on both figures."""
        return all(one.mean - one.half > null.mean + null.half for one, null in (self.pr_auc, self.precision))


# docs/bench/tracks_backtest.md, columns density and degree product; a test compares them.
MEASURED_ON = date(2026, 11, 23)
BACKTESTS = (
    Backtest(
        gettext_lazy("export links of a published validation set"),
        (Measure(0.063), Measure(0.044)),
        (Measure(0.150), Measure(0.055)),
    ),
    Backtest(
        gettext_lazy("export links, a fifth hidden at random"),
        (Measure(0.114, 0.002), Measure(0.084, 0.001)),
        (Measure(0.241, 0.014), Measure(0.102, 0.003)),
    ),
    Backtest(
        gettext_lazy("export links, the less expected hidden"),
        (Measure(0.077, 0.001), Measure(0.066, 0.001)),
        (Measure(0.165, 0.011), Measure(0.083, 0.002)),
    ),
    Backtest(
        gettext_lazy("patents over time, new five years later"),
        (Measure(0.228, 0.041), Measure(0.218, 0.034)),
        (Measure(0.253, 0.033), Measure(0.235, 0.023)),
        over_time=True,
    ),
)


def method_beats_degree(tests: Iterable[Backtest] = BACKTESTS) -> bool:
    """Whether the method may be shown at all: better than degree product on every test on links of its own kind.

    Over time it has not been shown to be better; pages say so beside every figure.
    """
    return all(test.beats_degree for test in tests if not test.over_time)


@dataclass(frozen=True)
class Figure:
    """One track's relatedness. `withheld` says why there is nothing to show; then the numbers are not for a page."""

    withheld: str
    density: float | None = None
    low: float | None = None
    high: float | None = None
    usual: float | None = None
    codes: tuple[str, ...] = ()
    held: int = 0


def figures(made: Iterable[str]) -> Mapping[str, Figure]:
    """Library track -> its figure, from the nodes with a public product; an empty mapping when nothing is known."""
    try:
        table = track_scores(trade_codes(made))
    except BadInput:
        return {}
    return {
        track: figure_of(density, low, high, usual, tuple(codes.split()), held)
        for track, codes, held, density, low, high, usual in table.iter_rows()
    }


def figure_of(
    density: float | None,
    low: float | None,
    high: float | None,
    usual: float | None,
    codes: tuple[str, ...] = (),
    held: int = 0,
    tests: Iterable[Backtest] = BACKTESTS,
) -> Figure:
    """The figure, or why it is withheld."""
    if density is None or low is None or high is None or usual is None:
        return Figure(_("The track has no trade code in the table: nothing is known."))
    if not method_beats_degree(tests):
        return Figure(_("On the back-test the method did not beat degree product, which knows only size."))
    if low <= usual <= high:
        return Figure(_("The interval contains what chance alone would give: it shows nothing."))
    return Figure("", density, low, high, usual, codes, held)


def unknown() -> Figure:
    """For a track that is not in the library, or a chain without a known product."""
    return Figure(_("It has no trade code, or no product of the chain is known: nothing is known."))
