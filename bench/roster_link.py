"""Identity resolution of the roster: quality on made names with siblings, on listed firms, and speed.

    python bench/roster_link.py [--firms 10000] [--seed 7]

Peers, same candidates to choose from, in the same run: plain tf-idf cosine of characters and bigrams (scikit-learn) and
rapidfuzz WRatio, each with a threshold on its own score. A peer that is not installed is skipped aloud.
"""

import argparse
import importlib
import os
import platform
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from lianzhu.engine.roster.codes import check_character
from lianzhu.engine.roster.linking import link

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "names" / "listed_companies_dev.csv"
BRAND = (
    "迈特华双宝鼎恒国新联科德瑞安达通源盛龙泰亚佳远宏中兴锐创诚信同和天凯力杰博思康美正明星辉海江金银鑫嘉利久益丰润泽"
)
PLACES = [
    "江苏",
    "扬州",
    "江苏省扬州市",
    "江都",
    "南京",
    "苏州",
    "上海",
    "浙江",
    "武汉",
    "宝应",
    "仪征",
    "泰州",
    "西安",
    "保定",
]
TRADES = [
    "电气",
    "电气设备",
    "电力设备",
    "电器",
    "高压电气",
    "试验设备",
    "电力科技",
    "电气科技",
    "测试技术",
    "自动化",
    "自动化设备",
    "电子",
    "电子科技",
    "机械",
    "机械制造",
    "变压器",
    "互感器",
    "电力检测",
    "仪器仪表",
    "成套电气",
    "智能科技",
    "新材料",
    "环保设备",
    "电缆",
    "绝缘材料",
    "电力工程",
    "贸易",
    "投资",
]
FORMS = ["有限公司"] * 16 + ["股份有限公司"] * 2 + ["厂"] * 2
WRONG = "没各气讠务末杄槭匕汽"
ALIKE = {
    "迈": "麦",
    "特": "忒",
    "华": "骅",
    "宝": "保",
    "鼎": "顶",
    "恒": "衡",
    "德": "得",
    "瑞": "睿",
    "安": "桉",
    "达": "答",
}
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
Firm = tuple[str, str, str, str, bool]


def made_code(rng: random.Random) -> str:
    """A valid code of a firm that does not exist."""
    body = "91" + rng.choice(["321012", "321000", "320100", "310000"]) + "".join(rng.choices(ALPHABET, k=9))
    return body + check_character(body)


def full_name(firm: Firm) -> str:
    """The registered name."""
    place, brand, trade, form, group = firm
    return place + brand + trade + ("集团" if group else "") + form


def made_firms(rng: random.Random, count: int) -> list[Firm]:
    """Families of one to six firms of one brand, each differing from the others in a part; brands may collide."""
    firms: dict[tuple[str, ...], Firm] = {}
    while len(firms) < count:
        brand = "".join(rng.sample(BRAND, rng.choice([2, 2, 2, 3])))
        place, trade = rng.choice(PLACES), rng.choice(TRADES)
        for _ in range(rng.choice([1, 1, 1, 1, 2, 2, 3, 4, 6])):
            firm = (place, brand, trade, rng.choice(FORMS), rng.random() < 0.06)
            # One register bears no two names that differ in the form of company only.
            firms.setdefault((*firm[:3], firm[3][-1], str(firm[4])), firm)
            change = rng.random()
            place = rng.choice(PLACES) if change < 0.5 else place
            trade = rng.choice(TRADES) if change > 0.35 else trade
    return list(firms.values())[:count]


def as_written(rng: random.Random, firm: Firm) -> tuple[str, str]:
    """How an office writes the name: (kind of change, name)."""
    place, brand, trade, form, group = firm
    name = full_name(firm)
    middle = "集团" if group else ""
    kind = rng.choices(
        ["as it is", "wide or spaced", "form moved", "place written otherwise", "form left out", "place left out",
         "slip in trade", "slip in brand", "same sound", "brand and place only", "trade cut"],
        [34, 10, 8, 8, 8, 8, 6, 2, 3, 6, 5],
    )[0]  # fmt: skip
    if kind == "wide or spaced":
        wide = f"{place}{brand}（{middle}）{trade}{form}" if middle else f" {place} {brand}{trade}{form}"
        return kind, "".join(rng.choice([c, c, c, c + " ", c + "　"]) for c in wide)
    if kind == "form moved" and form != "厂":
        return kind, rng.choice([f"{form}{place}{brand}{trade}{middle}", f"{brand}({place}){trade}{middle}{form}"])
    if kind == "place written otherwise":
        swap = {
            "江苏省扬州市": "扬州",
            "扬州": "扬州市",
            "江苏": "江苏省",
            "江都": "扬州市江都区",
            "南京": "江苏省南京市",
        }
        return kind, swap.get(place, place + ("市" if place not in ("浙江",) else "省")) + name[len(place) :]
    if kind == "form left out":
        return kind, place + brand + trade + middle
    if kind == "place left out":
        return kind, name[len(place) :]
    if kind == "slip in trade":
        at = rng.randrange(len(trade))
        return kind, place + brand + trade[:at] + rng.choice([rng.choice(WRONG), ""]) + trade[at + 1 :] + middle + form
    if kind == "slip in brand":
        at = rng.randrange(len(brand))
        return kind, place + brand[:at] + rng.choice(BRAND) + brand[at + 1 :] + trade + middle + form
    if kind == "same sound":
        return kind, place + "".join(ALIKE.get(c, c) for c in brand) + trade + middle + form
    if kind == "brand and place only":
        return kind, rng.choice([place + brand, brand + trade[:2], place + brand + "公司"])
    if kind == "trade cut" and len(trade) > 2:
        return kind, place + brand + trade[:2] + middle + form
    return "as it is", name


def made_tables(seed: int, count: int, codes: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (left, right); left also has `true` (the right id or "") and `kind`. A tenth of the firms is not right."""
    rng = random.Random(seed)
    left, right = [], []
    for number, firm in enumerate(made_firms(rng, count)):
        code, here = made_code(rng), rng.random() < 0.9
        known = code if codes and rng.random() < 0.85 else ""
        if here:
            right.append((f"R{number}", full_name(firm), known))
        kind, name = as_written(rng, firm)
        written = code if codes and rng.random() < 0.5 else ""
        if written and known and rng.random() < 0.04:
            kind, name = "renamed", full_name((firm[0], "".join(rng.sample(BRAND, 2)), *firm[2:]))
        elif written and rng.random() < 0.03:
            written = written[:9] + rng.choice(ALPHABET) + written[10:]
        left.append((f"L{number}", name, written, f"R{number}" if here else "", kind))
    rng.shuffle(left)
    rng.shuffle(right)
    columns = ["id", "name", "code"]
    return (
        pl.DataFrame(left, schema=[*columns, "true", "kind"], orient="row"),
        pl.DataFrame(right, schema=columns, orient="row"),
    )


def report(said: str, left: pl.DataFrame, answer: pl.DataFrame, kinds: bool = False) -> None:
    """Print precision and recall of the links, and the share of true pairs that a person would be shown."""
    both = left.join(answer, left_on="id", right_on="left")
    linked = pl.col("decision") == "link"
    right = pl.col("right").fill_null("") == pl.col("true")
    there = pl.col("true") != ""
    measures = {
        "pairs": there.sum(),
        "links": linked.sum(),
        "precision": (linked & right & there).sum() / linked.sum(),
        "recall": (linked & right & there).sum() / there.sum(),
        "linked or asked rightly": (right & there & (pl.col("decision") != "none")).sum() / there.sum(),
    }
    print(f"{said}: " + ", ".join(f"{k} {v:.4g}" for k, v in both.select(**measures).row(0, named=True).items()))
    if kinds:
        for row in both.group_by("kind").agg(**measures).sort("recall", descending=True).iter_rows(named=True):
            print(f"    {row['kind']:<24} {row['pairs']:>5} pairs  links {row['links']:>5}  "
                  f"precision {row['precision']:.4f}  recall {row['recall']:.3f}")  # fmt: skip


def tfidf_best(left: pl.DataFrame, right: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Best right row and cosine per left row, by scikit-learn's tf-idf of characters and bigrams."""
    text = importlib.import_module("sklearn.feature_extraction.text")
    vectors = text.TfidfVectorizer(analyzer="char", ngram_range=(1, 2)).fit(right["name"].to_list())
    one, two = vectors.transform(left["name"].to_list()), vectors.transform(right["name"].to_list()).T.tocsc()
    best, score = [], []
    for start in range(0, one.shape[0], 500):
        block = (one[start : start + 500] @ two).toarray()
        best.append(block.argmax(axis=1))
        score.append(block.max(axis=1))
    return np.concatenate(best), np.concatenate(score)


def rapidfuzz_best(left: pl.DataFrame, right: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Best right row and WRatio per left row."""
    process, fuzz = importlib.import_module("rapidfuzz.process"), importlib.import_module("rapidfuzz.fuzz")
    best, score = [], []
    for start in range(0, len(left), 500):
        names = left["name"][start : start + 500].to_list()
        block = process.cdist(names, right["name"].to_list(), scorer=fuzz.WRatio, dtype=np.float32, workers=2)
        best.append(block.argmax(axis=1))
        score.append(block.max(axis=1))
    return np.concatenate(best), np.concatenate(score)


PEERS: dict[str, Callable[[pl.DataFrame, pl.DataFrame], tuple[np.ndarray, np.ndarray]]] = {
    "tf-idf cosine (scikit-learn)": tfidf_best,
    "WRatio (rapidfuzz)": rapidfuzz_best,
}


def peer_recall(left: pl.DataFrame, right: pl.DataFrame, best: np.ndarray, score: np.ndarray) -> float:
    """The highest recall a threshold on the peer's score reaches with precision of at least .995."""
    ids = np.array(right["id"].to_list())[best]
    true = np.array(left["true"].to_list())
    order = np.argsort(-score, kind="stable")
    good = np.cumsum((ids == true)[order])
    precision = good / np.arange(1, len(order) + 1)
    # A threshold cannot cut through equal scores.
    ends = np.append(score[order][1:] != score[order][:-1], True)
    return float(np.max(np.where(ends & (precision >= 0.995), good, 0)) / (true != "").sum())


def timed(said: str, work: Callable[[], object]) -> object:
    """Run, print wall and CPU seconds, hand the result on."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    print(f"{said}: {time.perf_counter() - wall:.2f} s, {time.process_time() - cpu:.2f} CPU-s")
    return result


def listed(peers: bool) -> None:
    """Short name to full name on listed firms, whole and with four of ten full names taken away."""
    if not DATA.exists():
        print(f"listed firms: {DATA.name} not found beside the checkout, left out")
        return
    table = pl.read_csv(DATA)
    left, right = table.select("id", name="short", true="id"), table.select("id", name="full")
    for said, other in (
        ("listed firms", right),
        ("listed firms, 60 % of the right", right.sample(fraction=0.6, seed=1)),
    ):
        answer = link(left, other)
        hit = (answer["left"] == answer["right"].fill_null("")).sum() / len(other)
        links = answer.filter(pl.col("decision") == "link")
        sound = (links["left"] == links["right"]).mean()
        print(f"{said}: hit@1 {hit:.4f}, {len(links)} links with precision {sound:.4f}")
    for name, peer in PEERS.items() if peers else ():
        try:
            best, _ = peer(left, right)
            print(f"    {name}: hit@1 {np.mean(best == np.arange(len(left))):.4f}")
        except ImportError:
            print(f"    {name}: not installed, skipped")


def main() -> None:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for said, codes in (("made firms", True), ("made firms, no codes at all", False)):
        left, right = made_tables(args.seed, args.firms, codes)
        if codes:
            link(left.head(50), right.head(50))  # compiles
        answer = timed(f"link {len(left)} x {len(right)}", lambda one=left, two=right: link(one, two))
        report(said, left, answer, kinds=codes)
    # The peers' time grows with the left rows only; a part of them is enough to know them by.
    left = left.head(2000)
    report(f"made firms, no codes, {len(left)} of the left", left, answer)
    for name, peer in PEERS.items():
        try:
            best, score = timed(f"    {name}, {len(left)} x {len(right)}", lambda run=peer: run(left, right))
            print(f"    {name}, no codes: best recall at precision .995: {peer_recall(left, right, best, score):.3f}")
        except ImportError:
            print(f"    {name}: not installed, skipped")
    listed(peers=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
