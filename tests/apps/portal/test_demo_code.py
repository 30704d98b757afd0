"""The demo shows a factor's digits on loopback; nothing else ever does."""

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice
from tests import factories

from lianzhu.apps.enterprises.actions.second_factor import code_now
from lianzhu.apps.enterprises.models import Role


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("demo", "address", "shown"), [(True, "127.0.0.1", True), (True, "10.0.0.7", False), (False, "127.0.0.1", False)]
)
def test_shown_on_loopback_of_a_demo_only(client, settings, demo, address, shown):
    settings.DEMO = demo
    office = factories.person(Role.OFFICE)
    TOTPDevice.objects.create(user=office, name="app", confirmed=True)
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/account/second-factor/", REMOTE_ADDR=address).content.decode()
    assert (code_now(office) in page) == shown
