"""Loads the taxonomy's files into frozen dataclasses, every reference checked.

A mark says how well a statement is known: OK seen in the named source, BG background knowledge, judgement research
judgement, mixed part seen. What is BG or mixed is shown as unverified.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from lianzhu.library.exact_yaml import load_exact
from lianzhu.library.facts import title_key
from lianzhu.library.problem import BadInput, Problem, marked

Stage = Literal["up", "mid", "down", "service", "customer", "track"]
System = Literal["hs6", "sitc4", "gb4754", "io135"]
SYSTEMS: tuple[System, ...] = ("hs6", "sitc4", "gb4754", "io135")
MARKS = ("OK", "BG", "judgement", "mixed")
FITS = ("high", "medium", "low")
LOCALS = ("usually_local", "mixed", "usually_outside", "not_applicable")


@dataclass(frozen=True)
class Marked:
    """A value and how well it is known."""

    value: str
    mark: str

    @property
    def unverified(self) -> bool:
        """True when the value must be shown as not yet verified."""
        return self.mark in ("BG", "mixed")


@dataclass(frozen=True)
class Level:
    """A level of the taxonomy with its place on the map: stage, and column counted from 1."""

    key: str
    zh: str
    en: str
    stage: Stage
    column: int


@dataclass(frozen=True)
class CodeFit:
    """A trade or industry code and how well it fits the node: high, medium or low (research judgement)."""

    code: str
    fit: str


@dataclass(frozen=True)
class Node:
    """One node of the chain. `standards` are ids of `standards()`; `local` says where it is usually bought."""

    code: str
    zh: str
    en: str
    definition: str
    level: str
    stage: Stage
    column: int
    local: str
    classes: Marked | None
    standards: tuple[str, ...]
    hs6: tuple[CodeFit, ...]
    sitc4: tuple[CodeFit, ...]
    gb4754: tuple[CodeFit, ...]
    io135: tuple[CodeFit, ...]
    mark: str = "judgement"


@dataclass(frozen=True)
class Input:
    """What a product needs. Inputs of one product with the same `alternative_group` replace each other."""

    node: str
    essential: bool
    share: str
    condition: str = ""
    alternative_group: str = ""


@dataclass(frozen=True)
class Bill:
    """The bill of material of one node; `outside` is bought but is no node; `terminal`: the chain ends here."""

    product: str
    inputs: tuple[Input, ...]
    mark: str
    source: str = ""
    outside: str = ""
    terminal: bool = False


@dataclass(frozen=True)
class Standard:
    """A standard with the edition seen. `edition_to_verify` is a newer edition heard of but not seen."""

    id: str
    number: Marked
    title: Marked
    edition: Marked
    status: Marked
    replaces: Marked | None = None
    edition_to_verify: Marked | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Evidence:
    """One piece of demand evidence with its mark, source key and strength (high, medium, low)."""

    text: str
    mark: str
    source: str = ""
    strength: str = ""
    about: str = ""


@dataclass(frozen=True)
class Track:
    """A candidate new track: a hypothesis with evidence, what is usually missing, a first step and a stop signal."""

    code: str
    zh: str
    en: str
    capability_nodes: tuple[str, ...]
    usually_missing: tuple[str, ...]
    standards: tuple[str, ...]
    demand: tuple[Evidence, ...]
    first_step: str
    stop_signal: str
    demand_support: str = "seen"


def _read(name: str) -> dict[str, Any]:
    whole = load_exact(files("lianzhu.library.chain").joinpath(name).read_text(encoding="utf-8"))
    if not isinstance(whole, dict):
        raise BadInput(Problem(marked("{file} is empty."), {"file": name}, mend=marked("Restore the file.")))
    return whole


def _refuse(file: str, wrong: Iterable[tuple[str, str]]) -> None:
    """Raise BadInput for every (entry, what is wrong) pair."""
    problems = [
        Problem(
            marked("{file}, entry {entry}: {word} is not known."),
            {"file": file, "entry": entry, "word": word},
            mend=marked("Write a name that exists, or add it first."),
        )
        for entry, word in wrong
    ]
    if problems:
        raise BadInput(problems[:50])


def _marked(said: Mapping[str, Any] | None) -> Marked | None:
    if said is None:
        return None
    return Marked(str(said.get("text", said.get("value", ""))), str(said["mark"]))


@cache
def sources() -> Mapping[str, str]:
    """Return source key → where it was seen."""
    return MappingProxyType({str(key): str(where) for key, where in _read("sources.yaml").items()})


@cache
def levels() -> Mapping[str, Level]:
    """Return the levels in map order: key → Level."""
    return MappingProxyType({key: Level(key, **said) for key, said in _read("taxonomy.yaml")["levels"].items()})


@cache
def code_names() -> Mapping[str, Mapping[str, str]]:
    """Return system → code → name in the source's words (io135 has names as codes)."""
    whole = _read("codes.yaml")
    found: dict[str, Mapping[str, str]] = {}
    for system in SYSTEMS:
        names = whole[system]["names"]
        found[system] = MappingProxyType(names if isinstance(names, dict) else {name: name for name in names})
    return MappingProxyType(found)


@cache
def nodes() -> Mapping[str, Node]:
    """Return the nodes in the order of the file: code → Node.

    Raises BadInput when a level, standard, code or fit is not known.

    >>> nodes()["P07"].zh, nodes()["P07"].stage
    ('高压硅堆', 'up')
    """
    known, names, places = standards(), code_names(), levels()
    found: dict[str, Node] = {}
    wrong: list[tuple[str, str]] = []
    for said in _read("taxonomy.yaml")["nodes"]:
        code = str(said["code"])
        wrong += [(code, word) for word in (said["level"],) if word not in places]
        wrong += [(code, word) for word in said.get("standards", ()) if word not in known]
        wrong += [(code, word) for word in (said["local"],) if word not in LOCALS]
        wrong += [(code, code)] if code in found else []
        fits: dict[str, Any] = {
            key: tuple(CodeFit(str(c), str(fit)) for c, fit in said.get(key, {}).items()) for key in SYSTEMS
        }
        for key in SYSTEMS:
            wrong += [(code, fit.code) for fit in fits[key] if fit.code not in names[key] or fit.fit not in FITS]
        place = places.get(said["level"], Level("", "", "", "up", 0))
        found[code] = Node(
            code=code,
            zh=said["zh"],
            en=said["en"],
            definition=said["definition"],
            level=said["level"],
            stage=place.stage,
            column=place.column,
            local=said["local"],
            classes=_marked(said.get("classes")),
            standards=tuple(said.get("standards", ())),
            **fits,
        )
    _refuse("taxonomy.yaml", wrong)
    return MappingProxyType(found)


@cache
def bill_of_materials() -> Mapping[str, Bill]:
    """Return product node → Bill. Nodes without a bill (materials) are absent.

    Raises BadInput for unknown nodes, shares or marks, an alternative group of one, or a product that needs itself.
    """
    known = nodes()
    found: dict[str, Bill] = {}
    wrong: list[tuple[str, str]] = []
    for said in _read("bom.yaml")["products"]:
        product = str(said["product"])
        inputs = tuple(Input(**row) for row in said["inputs"])
        groups = [row.alternative_group for row in inputs if row.alternative_group]
        wrong += [(product, word) for word in (product, *(row.node for row in inputs)) if word not in known]
        wrong += [(product, row.share) for row in inputs if row.share not in FITS]
        wrong += [(product, group) for group in groups if groups.count(group) == 1]
        wrong += [(product, row.node) for row in inputs if row.node == product]
        wrong += [(product, word) for word in (said["mark"],) if word not in MARKS]
        rest = {key: said[key] for key in ("source", "outside", "terminal") if key in said}
        found[product] = Bill(product, inputs, said["mark"], **rest)
    _refuse("bom.yaml", wrong)
    return MappingProxyType(found)


@cache
def standards() -> Mapping[str, Standard]:
    """Return standard id → Standard, with editions and marks."""
    found: dict[str, Standard] = {}
    wrong: list[tuple[str, str]] = []
    for said in _read("standards.yaml")["standards"]:
        values: dict[str, Any] = {
            key: _marked(said.get(key)) for key in ("number", "title", "edition", "status", "replaces")
        }
        values["edition_to_verify"] = _marked(said.get("edition_to_verify"))
        wrong += [(said["id"], value.mark) for value in values.values() if value and value.mark not in MARKS]
        wrong += [(said["id"], word) for word in (said.get("source"),) if word and word not in sources()]
        rest = {key: said[key] for key in ("source", "note") if key in said}
        found[said["id"]] = Standard(said["id"], **values, **rest)
    _refuse("standards.yaml", wrong)
    return MappingProxyType(found)


@cache
def tracks() -> Mapping[str, Track]:
    """Return candidate track code → Track."""
    found: dict[str, Track] = {}
    wrong: list[tuple[str, str]] = []
    for said in _read("tracks.yaml")["tracks"]:
        code = str(said["code"])
        wrong += [(code, word) for word in said["capability_nodes"] if word not in nodes()]
        wrong += [(code, word) for word in said["standards"] if word not in standards()]
        wrong += [(code, row["mark"]) for row in said["demand"] if row["mark"] not in MARKS]
        found[code] = Track(
            code=code,
            zh=said["zh"],
            en=said["en"],
            capability_nodes=tuple(said["capability_nodes"]),
            usually_missing=tuple(said["usually_missing"]),
            standards=tuple(said["standards"]),
            demand=tuple(Evidence(**row) for row in said["demand"]),
            first_step=said["first_step"],
            stop_signal=said["stop_signal"],
            demand_support=said.get("demand_support", "seen"),
        )
    _refuse("tracks.yaml", wrong)
    return MappingProxyType(found)


def trade_codes(of: Iterable[str], system: System = "sitc4") -> tuple[str, ...]:
    """Return the codes of `system` that the nodes `of` map to, sorted, each once.

    >>> trade_codes(["M01"])
    ('6746',)
    """
    known = nodes()
    return tuple(sorted({fit.code for code in of for fit in getattr(known[code], system)}))


@cache
def _node_titles() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for node in nodes().values():
        for word in (node.code, node.zh, node.en):
            found.setdefault(title_key(word), node.code)
    return MappingProxyType(found)


def nearest_node(text: str) -> str | None:
    """Return the code of the node that `text` names by code or label, or most resembles; None when nothing is near.

    >>> nearest_node("p07"), nearest_node("高压硅堆组件"), nearest_node("咖啡")
    ('P07', 'P07', None)
    """
    wanted = title_key(text)
    exact = _node_titles().get(wanted)
    if exact or not wanted:
        return exact
    close = difflib.get_close_matches(wanted, list(_node_titles()), n=1, cutoff=0.6)
    return _node_titles()[close[0]] if close else None
