"""The policies themselves: how old each is, how it was verified, which articles are not known."""

from dataclasses import dataclass
from datetime import date

from lianzhu.apps.policies.words import department_of, title_of
from lianzhu.engine.rules.model import UNKNOWN_REF, Policy, Version
from lianzhu.engine.rules.shelf import library_policies


@dataclass(frozen=True)
class PolicyState:
    """One policy as it stands on a day."""

    policy: Policy
    version: Version
    title: str
    department: str
    in_force: bool
    years: int
    clauses: int
    unknown: int
    weak: int


def policy_states(on: date) -> list[PolicyState]:
    """Every policy of the library, drafts included, by id."""
    found = []
    for policy in sorted(library_policies(), key=lambda one: one.id):
        version = policy.version_on(on) or policy.versions[-1]
        found.append(
            PolicyState(
                policy=policy,
                version=version,
                title=title_of(policy),
                department=department_of(policy),
                in_force=version.in_force(on),
                years=max((on - version.start).days, 0) // 365,
                clauses=len(version.clauses),
                unknown=sum(clause.ref == UNKNOWN_REF for clause in version.clauses),
                weak=sum(bool(set(clause.doubts) - {"article"}) for clause in version.clauses),
            )
        )
    return found
