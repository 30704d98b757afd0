"""The worker's daily round."""

import pytest

from lianzhu.apps.core.models import Job
from lianzhu.config.jobs import look_over_files
from tests import factories


@pytest.mark.django_db
def test_files_are_looked_over_once_a_day():
    factories.chain()
    look_over_files()
    Job.objects.update(state="done")
    look_over_files()
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["chain.look_at_chain", "findings.look_over"]
