"""Where the cluster could grow next: complexity, relatedness, a ranker of new links, and its back-test.

Owns every figure about specialisation and relatedness. May import numpy, Polars, SciPy, numba and `lianzhu.library`;
no other room. Start reading in `complexity` (definitions), then `ranker` (new links) and `candidates` (the shipped
relatedness applied to the cluster).
"""

from lianzhu.engine.tracks.candidates import code_scores, track_scores
from lianzhu.engine.tracks.complexity import Complexity, complexity, eci_interval, fitness
from lianzhu.engine.tracks.ranker import Backtest, Learned, judge, learn, ranking, withheld
from lianzhu.engine.tracks.scoring import Quality, null_scores, quality
from lianzhu.engine.tracks.tables import Grid, Links, grid_from, links_from, read_links, read_table

__all__ = [
    "Backtest",
    "Complexity",
    "Grid",
    "Learned",
    "Links",
    "Quality",
    "code_scores",
    "complexity",
    "eci_interval",
    "fitness",
    "grid_from",
    "judge",
    "learn",
    "links_from",
    "null_scores",
    "quality",
    "ranking",
    "read_links",
    "read_table",
    "track_scores",
    "withheld",
]
