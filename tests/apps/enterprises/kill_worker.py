"""Run by test_kill.py in its own process: brings files in one after the other, saying each that was applied."""

import sys
from pathlib import Path

import django

django.setup()

from tests import workbooks

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain

office = User.objects.get(username="office")
chain = Chain.objects.get()
print("ready", flush=True)
for path in sys.argv[1:]:
    batch = workbooks.bring_in(Path(path), by=office, chain=chain)
    print(f"applied {batch.pk}", flush=True)
