"""What the fictional town consists of: plain frozen records, firms referred to by their full legal name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Value = Decimal | int | bool | str | date


@dataclass(frozen=True)
class Firm:
    """One firm. `facts` maps (fact name, year or '') to a value in the dictionary's type and unit (money in 万元)."""

    name: str
    short: str
    brand: str
    code: str
    trade: str
    nodes: tuple[str, ...]
    facts: Mapping[tuple[str, str], Value]

    def fact(self, name: str, period: str = "") -> Value | None:
        """Return the value of a fact, or None when the firm has none."""
        return self.facts.get((name, period))

    def amount(self, name: str, year: str = "2025") -> Decimal:
        """Return a yearly number exactly; KeyError when the firm has none."""
        return Decimal(str(self.facts[(name, year)]))


@dataclass(frozen=True)
class Product:
    """Something a firm makes: taxonomy node, its own name, voltage class ('' where none) and standard ('' unknown)."""

    firm: str
    node: str
    name: str
    voltage_class: str
    standard: str


@dataclass(frozen=True)
class Link:
    """`supplier` sells products of `node` to `buyer` for `weight` 万元 a year; `outside` names the end not local."""

    supplier: str
    buyer: str
    node: str
    weight: Decimal
    evidence: date
    outside: str = ""


@dataclass(frozen=True)
class Origin:
    """`child` was split off from `parent` in `year`, as `source` tells."""

    child: str
    parent: str
    year: int
    source: str


@dataclass(frozen=True)
class Place:
    """A workshop (车间), production line (产线) or project (项目) of a firm."""

    firm: str
    kind: str
    name: str
    since: int


@dataclass(frozen=True)
class Contact:
    """Whom to call at a firm. Fictional, with a telephone number that cannot exist."""

    firm: str
    name: str
    post: str
    phone: str


@dataclass(frozen=True)
class Holding:
    """`controller` holds `firm`; firms under one controller count as one maker."""

    firm: str
    controller: str


@dataclass(frozen=True)
class TownFact:
    """A published fact about the town as a whole."""

    zh: str
    en: str
    value: Decimal | int
    unit: str
    year: int
    source: str = "虚构（fictional）"


@dataclass(frozen=True)
class Person:
    """Somebody who works with the system. `role` is an account role or ''; `firm` is the firm tied to, or ''."""

    login: str
    name: str
    body: str
    post: str
    role: str = ""
    firm: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Body:
    """A committee, department, team or institute; `kind` is one of committee, department, team, institute, office."""

    name: str
    kind: str
    zh_field: str = ""


@dataclass(frozen=True)
class Town:
    """Everything about the town; the same seed always gives the same town."""

    seed: int
    name: str
    chain: str
    firms: tuple[Firm, ...]
    products: tuple[Product, ...]
    links: tuple[Link, ...]
    origins: tuple[Origin, ...]
    places: tuple[Place, ...]
    contacts: tuple[Contact, ...]
    holdings: tuple[Holding, ...]
    bodies: tuple[Body, ...]
    people: tuple[Person, ...]
    facts: tuple[TownFact, ...]

    @property
    def expected(self) -> dict[str, int]:
        """What a perfect import of the workbooks gives: how many records of each kind.

        `links` counts both ends local, `outside_links` those with one end outside the town.
        """
        return {
            "firms": len(self.firms),
            "products": len(self.products),
            "links": sum(1 for link in self.links if not link.outside),
            "outside_links": sum(1 for link in self.links if link.outside),
            "origins": len(self.origins),
            "places": len(self.places),
            "contacts": len(self.contacts),
            "holdings": len(self.holdings),
            "controllers": len({holding.controller for holding in self.holdings}),
        }
