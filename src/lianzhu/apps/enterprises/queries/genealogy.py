"""From one works to a hundred firms: who came out of whom, as a forest, and how many there were each year."""

from dataclasses import dataclass, field

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise, FactValue, Origin


@dataclass
class Branch:
    """A firm, the year it began if known, its source, and what came out of it, oldest first."""

    firm: Enterprise
    year: int | None = None
    source: str = ""
    also_from: list[str] = field(default_factory=list)
    offspring: list["Branch"] = field(default_factory=list)
    below: int = 0


@dataclass(frozen=True)
class Genealogy:
    """Trees by size, firms without known kin, and how many firms there were at the end of each year."""

    trees: list[Branch]
    alone: list[Enterprise]
    by_year: list[tuple[int, int]]
    without_year: int


MOST = 2000


def genealogy(user: User, chain: Chain) -> Genealogy:
    """Build the forest from the origins this reader may see: three queries, at most 2,000 firms.

    A firm with several origins stands under the earliest stated one and names the others. A ring in the statements
    (A out of B out of A) is cut at the firm entered first.
    """
    firms = {
        firm.pk: firm
        for firm in Enterprise.objects.filter(chains=chain, state=Enterprise.State.ACTIVE).order_by("id")[:MOST]
    }
    rows = list(
        Origin.objects.visible_to(user)
        .current()
        .filter(child__chains=chain, parent__chains=chain)
        .order_by("year", "pk")
        .values_list("child_id", "parent_id", "year", "source")
    )
    registered = dict(
        FactValue.objects.visible_to(user)
        .current()
        .filter(fact="registered_date", enterprise__chains=chain)
        .values_list("enterprise_id", "value")
    )
    branches = {pk: Branch(firm, _year(registered.get(pk))) for pk, firm in firms.items()}
    parent_of: dict[int, int] = {}
    for child, parent, year, source in rows:
        if child not in branches or parent not in branches:
            continue
        if child in parent_of:
            branches[child].also_from.append(firms[parent].name)
        elif not _above(parent_of, parent, child):
            parent_of[child] = parent
            branches[child].year = year or branches[child].year
            branches[child].source = source
    return _forest(branches, parent_of)


def _year(day: str | None) -> int | None:
    return int(day[:4]) if day and day[:4].isdigit() else None


def _above(parent_of: dict[int, int], start: int, wanted: int) -> bool:
    """Whether `wanted` is `start` or stands above it."""
    at: int | None = start
    while at is not None:
        if at == wanted:
            return True
        at = parent_of.get(at)
    return False


def _forest(branches: dict[int, Branch], parent_of: dict[int, int]) -> Genealogy:
    in_time = sorted(branches.items(), key=lambda item: (item[1].year or 9999, item[0]))
    for pk, branch in in_time:
        if pk in parent_of:
            branches[parent_of[pk]].offspring.append(branch)
        above = parent_of.get(pk)
        while above is not None:
            branches[above].below += 1
            above = parent_of.get(above)
    roots = [branch for pk, branch in in_time if pk not in parent_of]
    years = sorted(branch.year for branch in branches.values() if branch.year)
    by_year = [
        (year, sum(1 for one in years if one <= year)) for year in (range(years[0], years[-1] + 1) if years else ())
    ]
    return Genealogy(
        trees=sorted((one for one in roots if one.offspring), key=lambda one: -one.below),
        alone=[one.firm for one in roots if not one.offspring],
        by_year=by_year,
        without_year=len(branches) - len(years),
    )
