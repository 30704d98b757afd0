"""Small builders for tests: a chain, a firm, a person with a role, a fact. Append only."""

from datetime import date
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from lianzhu.apps.core import search
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import (
    SECOND_FACTOR,
    Chain,
    Confidentiality,
    Enterprise,
    FactValue,
    Membership,
    RecordState,
    Role,
    RoleAssignment,
)

_number = count(1)
PASSWORD = "a long enough secret"


def chain(code: str = "gy", **fields: Any) -> Chain:
    """The chain of that code, made on the first call."""
    told = {"name": "高压电气产业链", "town": "示例镇", "fictional": True, **fields}
    return Chain.objects.get_or_create(code=code, defaults=told)[0]


def firm(name: str = "", *, in_chain: Chain | None = None, **fields: Any) -> Enterprise:
    """A firm of the chain, found by search."""
    n = next(_number)
    now = timezone.now()
    name = name or f"甲{n}高压设备有限公司"
    told = {"name_key": name, "temporary_code": f"T{n:09d}", "created_at": now, "updated_at": now, **fields}
    made = Enterprise.objects.create(name=name, **told)
    Membership.objects.create(chain=in_chain or chain(), enterprise=made)
    search.remember(search.Kind.ENTERPRISE, [(made.pk, f"{name} {made.shown_code}")])
    return made


def person(role: Role | None, *, of: Enterprise | None = None, in_chain: Chain | None = None, **fields: Any) -> User:
    """A person with one role (None: an account without any), who can sign in with PASSWORD."""
    n = next(_number)
    user = User.objects.create_user(f"person{n}", PASSWORD, **{"name": f"赵{n}", **fields})
    if role is not None:
        RoleAssignment.objects.create(
            user=user, role=role, chain=in_chain or chain(), enterprise=of, since=date(2026, 1, 1)
        )
    return user


def fact(enterprise: Enterprise, name: str, value: str, *, by: User | None = None, **fields: Any) -> FactValue:
    """A current public value, unless told otherwise."""
    told = {
        "confidentiality": Confidentiality.PUBLIC,
        "state": RecordState.CURRENT,
        "source": "营业执照",
        "as_of": date(2026, 3, 12),
        "entered_at": timezone.now(),
        **fields,
    }
    return FactValue.objects.create(
        enterprise=enterprise, fact=name, value=value, entered_by=by or person(None), **told
    )


def browser(user: User | None) -> Client:
    """A signed-in browser; people of roles with a second factor have given it."""
    client = Client()
    if user is None:
        return client
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if RoleAssignment.objects.filter(user=user, role__in=SECOND_FACTOR).exists():
        device, _new = TOTPDevice.objects.get_or_create(user=user, confirmed=True)
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client
