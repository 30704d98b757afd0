"""The frame of every page."""

import pytest
from tests import factories

from lianzhu.apps.enterprises.models import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.OFFICE, Role.AUDITOR, Role.ADMINISTRATOR, Role.COMMITTEE])
def test_home_shows_chain_and_person(role: Role) -> None:
    user = factories.person(role)
    page = factories.browser(user).get("/").content.decode()
    assert "高压电气产业链" in page
    assert user.name in page


@pytest.mark.parametrize("path", ["/account/sign-in/", "/account/join/", "/help/", "/healthz"])
def test_open_pages(path: str) -> None:
    assert factories.browser(None).get(path).status_code == 200


def test_second_factor_comes_first() -> None:
    client = factories.browser(None)
    client.force_login(factories.person(Role.OFFICE), backend="django.contrib.auth.backends.ModelBackend")
    for path in ("/", "/account/people/", "/account/password/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/second-factor/")
    assert client.get("/account/second-factor/", follow=True).status_code == 200
