"""A policy as written in YAML: dated versions, each a list of clauses with article, quotation and mark.

`read_policy` checks the text and says everything that is wrong with it at once; `criteria.py` turns the criteria into
formulas. Start reading in docs/howto/add-a-policy.md for the format.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lianzhu.library.exact_yaml import load_exact
from lianzhu.library.problem import BadInput, Problem, marked

MARKS = ("LAW", "GOV", "MIR", "SEC", "BG")
TO_CONFIRM = ("SEC", "BG")
KINDS = ("classification", "qualification", "tax", "subsidy", "loan", "fee", "market")
STATUSES = ("current", "draft", "do_not_ship")
UNKNOWN_REF = "unknown"
POLICY_KEYS = ("id", "title", "title_en", "kind", "department", "region", "certificate", "versions")
VERSION_KEYS = (
    "version",
    "title",
    "doc_no",
    "issuers",
    "from",
    "to",
    "mark",
    "status",
    "clauses",
    "levels",
    "size_table",
    "scores",
    "benefit",
    "unlocks",
    "exclusive_with",
    "articles",
    "definitions",
    "window",
    "transition",
    "notes",
    "sources",
    "changed",
    "gap",
)
CLAUSE_KEYS = ("text", "ref", "mark", "key", "level")
OPERATIONS = ("all", "any", "not", "is", "cmp", "ratio", "score", "in", "judge")


@dataclass(frozen=True)
class Clause:
    """One condition: its article, its quotation, where it was verified, and its criteria as written."""

    text: str
    ref: str
    mark: str
    criteria: Mapping[str, Any]
    level: str = ""

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is to be confirmed: `article` when its place is not known, else its mark when that is weak."""
        weak = tuple(dict.fromkeys(mark for mark in (self.mark, *marks_in(self.criteria)) if mark in TO_CONFIRM))
        return ("article", *weak) if self.ref == UNKNOWN_REF else weak


def marks_in(criteria: object) -> Iterator[str]:
    """Yield the marks that stand inside a test, on parts verified elsewhere than the clause."""
    for part in criteria.values() if isinstance(criteria, dict) else criteria if isinstance(criteria, list) else ():
        if isinstance(part, dict) and "mark" in part:
            yield str(part["mark"])
        yield from marks_in(part)


@dataclass(frozen=True)
class Version:
    """The rule as in force from one day to another (both included; `until` None: no end printed)."""

    policy: str
    name: str
    title: str
    doc_no: str
    issuers: tuple[str, ...]
    start: datetime.date
    until: datetime.date | None
    mark: str
    status: str
    clauses: tuple[Clause, ...]
    scores: Mapping[str, Any] = field(default_factory=dict)
    size_table: Mapping[str, Any] = field(default_factory=dict)
    benefit: Mapping[str, Any] = field(default_factory=dict)
    unlocks: tuple[str, ...] = ()
    exclusive_with: tuple[str, ...] = ()
    people: Mapping[str, Any] = field(default_factory=dict)

    def in_force(self, on: datetime.date) -> bool:
        """True on the days the version is in force, first and last included."""
        return self.start <= on and (self.until is None or on <= self.until)

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the levels from low to high, when the version has levels."""
        if self.size_table:
            return tuple(reversed(self.size_table["levels"]))
        return tuple(dict.fromkeys(clause.level for clause in self.clauses if clause.level))


@dataclass(frozen=True)
class Policy:
    """One policy with its versions, oldest first. `certificate` is the fact that one holds it."""

    id: str
    title: str
    title_en: str
    kind: str
    department: str
    versions: tuple[Version, ...]
    region: str = ""
    certificate: str = ""

    def version_on(self, on: datetime.date) -> Version | None:
        """Return the version in force on a day, or None."""
        return next((version for version in self.versions if version.in_force(on)), None)


def base_id(written: str) -> tuple[str, str]:
    """Split a written id into policy and version.

    >>> base_id("cn.zjtx.2022-63"), base_id("cn.eit.rd100")
    (('cn.zjtx', '2022-63'), ('cn.eit.rd100', ''))
    """
    found = re.search(r"\.(\d[\d-]*)$", written)
    return (written[: found.start()], found.group(1)) if found else (written, "")


class _Mistakes:
    """Collects what is wrong in one file."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.found: list[Problem] = []

    def add(self, message: str, mend: str, **params: object) -> None:
        self.found.append(Problem(message, {"policy": self.where, **params}, mend=mend))

    def unknown_keys(self, place: Problem, written: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
        for key in written:
            if key not in allowed:
                self.add(
                    marked("{policy}, {place}: {key} is not a known key."),
                    marked("Use one of {allowed}."),
                    place=place,
                    key=key,
                    allowed=", ".join(allowed),
                )

    def needs(self, place: Problem, written: Mapping[str, Any], *keys: str) -> None:
        for key in keys:
            if written.get(key) in (None, "", []):
                self.add(marked("{policy}, {place}: {key} is missing."), marked("Write {key}."), place=place, key=key)

    def one_of(self, place: Problem, key: str, value: object, allowed: tuple[str, ...]) -> None:
        if value is not None and value not in allowed:
            self.add(
                marked("{policy}, {place}: {value} is not allowed for {key}."),
                marked("Use one of {allowed}."),
                place=place,
                key=key,
                value=value,
                allowed=", ".join(allowed),
            )


def read_policy(text: str, name: str, size_bounds: Mapping[str, Any] | None = None) -> Policy:
    """Read one policy file. `name` is the file's name, for messages; `size_bounds` the rows of the size table.

    Raises BadInput with every mistake in shape: keys, marks, dates, articles, quotations, operations.
    """
    wrong = _Mistakes(name)
    try:
        written = load_exact(text)
    except BadInput as unreadable:
        for problem in unreadable.problems:
            wrong.add(marked("{policy}: {why}"), "", why=problem)
        raise BadInput(wrong.found) from None
    if not isinstance(written, dict):
        wrong.add(marked("{policy} is not a policy."), marked("Begin it with id:, title: and versions:."))
        raise BadInput(wrong.found)
    top = Problem(marked("at the top"))
    wrong.unknown_keys(top, written, POLICY_KEYS)
    wrong.needs(top, written, "id", "title", "kind", "department", "versions")
    wrong.one_of(top, "kind", written.get("kind"), KINDS)
    found = [
        _version(str(written.get("id", name)), number, said, wrong, size_bounds or {})
        for number, said in enumerate(written.get("versions") or [], start=1)
    ]
    if base_id(str(written.get("id", "")))[1]:
        wrong.add(
            marked("{policy}: the id {id} ends in a version."),
            marked("Leave the version out of id:, and write it under version:."),
            id=written["id"],
        )
    if wrong.found:
        raise BadInput(wrong.found[:50])
    return Policy(
        id=written["id"],
        title=written["title"],
        title_en=written.get("title_en", ""),
        kind=written["kind"],
        department=written["department"],
        region=written.get("region", ""),
        certificate=written.get("certificate", ""),
        versions=tuple(sorted(found, key=lambda version: version.start)),
    )


def _version(policy: str, number: int, said: Any, wrong: _Mistakes, bounds: Mapping[str, Any]) -> Version:
    place = Problem(marked("version {number}"), {"number": number})
    if not isinstance(said, dict):
        wrong.add(
            marked("{policy}, {place} is not a mapping."), marked("Write from:, mark: and clauses:."), place=place
        )
        said = {}
    wrong.unknown_keys(place, said, VERSION_KEYS)
    wrong.needs(
        place, said, "doc_no", "from", "mark", *(() if said.get("size_table") or said.get("levels") else ("clauses",))
    )
    wrong.one_of(place, "mark", said.get("mark"), MARKS)
    wrong.one_of(place, "status", said.get("status", "current"), STATUSES)
    for key in ("from", "to"):
        if said.get(key) is not None and type(said[key]) is not datetime.date:
            wrong.add(
                marked("{policy}, {place}: {key} is not a date."), marked("Write 2026-04-01."), place=place, key=key
            )
            said = {**said, key: None}
    start, until = said.get("from") or datetime.date.min, said.get("to")
    if until is not None and until < start:
        wrong.add(marked("{policy}, {place} ends before it begins."), marked("Mend from or to."), place=place)
    table = dict(said.get("size_table") or {})
    if table:
        table["rows"] = bounds
    return Version(
        policy=policy,
        name=str(said.get("version") or start.isoformat()),
        title=str(said.get("title", "")),
        doc_no=str(said.get("doc_no", "")),
        issuers=tuple(said.get("issuers") or ()),
        start=start,
        until=until,
        mark=str(said.get("mark", "")),
        status=str(said.get("status", "current")),
        clauses=_clauses(said, number, wrong),
        scores=said.get("scores") or {},
        size_table=table,
        benefit=said.get("benefit") or {},
        unlocks=tuple(said.get("unlocks") or ()),
        exclusive_with=tuple(said.get("exclusive_with") or ()),
        people={
            key: said[key]
            for key in ("articles", "definitions", "window", "transition", "notes", "sources", "changed", "gap")
            if key in said
        },
    )


def _clauses(said: Mapping[str, Any], version: int, wrong: _Mistakes) -> tuple[Clause, ...]:
    written = [(clause, "") for clause in said.get("clauses") or ()]
    for level, clauses in (said.get("levels") or {}).items():
        written += [(clause, str(level)) for clause in clauses]
    found: list[Clause] = []
    for number, (clause, level) in enumerate(written, start=1):
        where = Problem(marked("version {version}, clause {number}"), {"version": version, "number": number})
        if not isinstance(clause, dict):
            wrong.add(
                marked("{policy}, {place} is not a mapping."), marked("Write text:, ref: and one test."), place=where
            )
            continue
        criteria = {key: value for key, value in clause.items() if key not in CLAUSE_KEYS or key == "key"}
        check_criteria(criteria, where, wrong)
        wrong.needs(where, clause, "ref")
        if "judge" not in clause:
            wrong.needs(where, clause, "text")
        mark = clause.get("mark", said.get("mark"))
        wrong.one_of(where, "mark", clause.get("mark"), MARKS)
        text = str(clause.get("text") or clause.get("judge") or "")
        found.append(Clause(text, str(clause.get("ref", "")), str(mark), criteria, level))
    return tuple(found)


def check_criteria(criteria: object, place: Problem, wrong: _Mistakes) -> None:
    """Check the shape of a test: one operation, with what belongs to it."""
    names = [key for key in criteria if key in OPERATIONS] if isinstance(criteria, dict) else []
    if not isinstance(criteria, dict) or len(names) != 1:
        wrong.add(
            marked("{policy}, {place}: a test has exactly one of {allowed}."),
            marked("Write one of them."),
            place=place,
            allowed=", ".join(OPERATIONS),
        )
        return
    wrong.unknown_keys(place, criteria, (*OPERATIONS, *CLAUSE_KEYS))
    operation, said = names[0], criteria[names[0]]
    if operation in ("all", "any"):
        if not isinstance(said, list) or not said:
            wrong.add(
                marked("{policy}, {place}: {key} needs a list."), marked("Write - {{…}}."), place=place, key=operation
            )
            return
        for part in said:
            check_criteria(part, place, wrong)
    elif operation == "not":
        check_criteria(said, place, wrong)
    else:
        length = {"cmp": 3, "score": 3, "ratio": 4, "in": 2}.get(operation)
        if (length and (not isinstance(said, list) or len(said) != length)) or (
            not length and not isinstance(said, str)
        ):
            wrong.add(
                marked("{policy}, {place}: {key} is not written as it should be."),
                marked(
                    "See the guide: cmp: [fact, op, number], ratio: [fact, op, percent, fact], is: fact, judge: text."
                ),
                place=place,
                key=operation,
            )
