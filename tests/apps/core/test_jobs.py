"""Jobs: one worker takes one job; a dead worker's job is taken again; faults are told without details."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests import factories

from lianzhu.apps.core import jobs
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def ask(argument: int = 1) -> Job:
    return jobs.ask(actor=factories.person(None), kind="test", argument=argument)


def test_the_same_waiting_work_is_not_doubled():
    assert ask().pk == ask().pk
    assert ask(2).pk != ask().pk


def test_a_dead_workers_job_is_taken_again():
    job = ask()
    taken = jobs.take()
    assert taken is not None and taken.pk == job.pk
    assert jobs.take() is None
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    again = jobs.take()
    assert again is not None and again.attempts == 2


def test_a_job_that_kills_its_worker_is_given_up():
    ask()
    Job.objects.update(attempts=3)
    assert jobs.run_waiting({"test": lambda job: None}) == 1
    assert Job.objects.get().state == Job.State.FAILED


def test_a_broken_rule_is_told_and_a_fault_is_not():
    def refused(job: Job) -> None:
        raise RuleBroken("Choose a firm.")

    def broken(job: Job) -> None:
        raise ValueError("secret 7654321")

    ask(1)
    jobs.run_waiting({"test": refused})
    assert Job.objects.get(argument=1).error == "Choose a firm."
    ask(2)
    jobs.run_waiting({"test": broken})
    assert "7654321" not in Job.objects.get(argument=2).error
