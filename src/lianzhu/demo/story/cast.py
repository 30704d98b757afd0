"""Who plays: accounts by login, bodies by the name people use, firms in a fixed order."""

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import yaml

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise
from lianzhu.apps.organisation.models import Body
from lianzhu.demo.records import Town


@dataclass
class Cast:
    """Everybody the story needs. `bodies` is filled as they are founded; its keys are the names without the town's."""

    chain: Chain
    town: Town
    users: dict[str, User]
    firms: dict[str, Enterprise]
    bodies: dict[str, Body] = field(default_factory=dict)

    @property
    def office(self) -> User:
        """The head of the chain office."""
        return self.users["office"]

    def workers(self, body: str) -> list[User]:
        """Accounts of the people of a body, its head first."""
        return [self.users[one.login] for one in self.town.people if one.login and one.body.endswith(body)]

    def firm_of(self, login: str) -> Enterprise:
        """The firm an account belongs to."""
        return self.firms[next(one.firm for one in self.town.people if one.login == login)]


def cast_of(chain: Chain, town: Town) -> Cast:
    """Gather the accounts and firms the demo has made already."""
    logins = [one.login for one in town.people if one.role]
    users = {user.username: user for user in User.objects.filter(username__in=logins)}
    firms = {firm.name: firm for firm in Enterprise.objects.filter(chains=chain, state=Enterprise.State.ACTIVE)}
    return Cast(chain, town, users, firms)


def lines(name: str) -> Any:
    """What one file of the story holds, as plain data."""
    return yaml.safe_load(files("lianzhu.demo.story").joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
