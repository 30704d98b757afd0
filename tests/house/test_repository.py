"""What is committed: no addresses of registries, no machine paths, no large files, locks that fit each other."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEVER = re.compile(
    "|".join(["/wo" + "rk/", "/tmp/" + "brief", "pypi" + r"\.org", "registry" + r"\.npmjs", "deb" + r"\.debian"])
)


def tracked() -> list[Path]:
    ran = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    listed = ran.stdout.splitlines() if ran.returncode == 0 else []
    return [ROOT / line for line in listed if (ROOT / line).is_file()]


def test_no_address_of_a_machine_or_registry():
    found = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit}" for hit in set(NEVER.findall(text))]
    assert not found, found


def test_nothing_large_or_compiled_is_committed():
    large = [f"{p.relative_to(ROOT)}" for p in tracked() if p.stat().st_size > 2**20]
    assert not large
    assert not [p for p in tracked() if p.suffix in {".mo", ".pyc", ".sqlite3"} or p.name == "uv.lock"]


def test_the_locks_hold_hashes_and_agree():
    locks = {name: (ROOT / name).read_text() for name in ("requirements.lock", "requirements-dev.lock")}
    pins = {}
    for name, text in locks.items():
        assert "http" not in text and "--hash=sha256:" in text
        pins[name] = set(re.findall(r"^([a-z0-9._-]+==\S+)", text, re.M))
    missing = pins["requirements.lock"] - pins["requirements-dev.lock"]
    assert not missing, f"the development lock serves both, but lacks {missing}"


def test_every_link_of_the_docs_leads_somewhere():
    lost = []
    for page in [path for path in tracked() if path.suffix == ".md"]:
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if not link.startswith("http") and not (page.parent / link).exists():
                lost.append(f"{page.relative_to(ROOT)} -> {link}")
    assert not lost, lost
