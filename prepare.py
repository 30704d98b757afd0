"""Make what a checkout does not hold: compiled translations, and the front-end assets where Node is present.

The launcher runs it before each command (it does nothing when all is fresh); the wheel build runs it too. A line on
stderr says what was made or why charts will show tables only.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent
VENDOR = ROOT / "src/lianzhu/apps/portal/static/vendor"


def compile_words() -> int:
    """Compile every .po file that is newer than its .mo; returns how many were compiled."""
    count = 0
    for words in sorted(ROOT.glob("src/lianzhu/**/LC_MESSAGES/*.po")):
        compiled = words.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < words.stat().st_mtime:
            polib.pofile(str(words)).save_as_mofile(str(compiled))
            count += 1
    return count


def fetch_assets() -> str:
    """Fetch the chart library named in front/package-lock.json, once per lock; returns a sentence, or '' if fresh."""
    lock = ROOT / "front/package-lock.json"
    stamp = VENDOR / "stamp"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return ""
    npm = shutil.which("npm")
    if npm is None:
        return "Node.js is not installed: charts show their tables only. Install it and start again to get charts."
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / "front" / name, folder)
        # npm checks each download against the hash in the lock file.
        ran = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        if ran.returncode:
            return (
                f"The chart library could not be fetched; pages show tables only. npm said: {ran.stderr.strip()[:300]}"
            )
        VENDOR.mkdir(parents=True, exist_ok=True)
        package = Path(folder) / "node_modules/echarts"
        shutil.copy(package / "dist/echarts.min.js", VENDOR / "echarts.min.js")
        for name in ("LICENSE", "NOTICE"):
            shutil.copy(package / name, VENDOR / f"echarts-{name}")
    stamp.write_text(wanted)
    return "The chart library was fetched."


def main() -> None:
    """Prepare the checkout this file stands in."""
    compile_words()
    if said := fetch_assets():
        print(f"lianzhu: {said}", file=sys.stderr)


if __name__ == "__main__":
    main()
