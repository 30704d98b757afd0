"""Strings can hide imports: ForeignKey names, {% url %}, includes. They obey the storeys like any import."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "src" / "lianzhu" / "apps"
KEY = re.compile(r"""(?:ForeignKey|OneToOneField|ManyToManyField)\(\s*["']([a-z]+)\.""")
URL = re.compile(r"""\{%\s*url\s+["']([a-z]+):""")
REVERSE = re.compile(r"""reverse(?:_lazy)?\(\s*f?["']([a-z]+):""")
TEMPLATE = re.compile(r"""\{%\s*(?:include|extends)\s+["']([a-z]+)/""")
# The frame of every page is portal's; to extend it is what the frame is for.
FRAME = re.compile(r"""\{%\s*(?:include|extends)\s+["']portal/(?:base|errand|parts/[a-z_]+)\.html["']""")


def storeys() -> dict[str, int]:
    """App -> height, read from the contract itself."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c.get("containers") == ["lianzhu.apps"])
    return {name.strip(" ()"): height for height, layer in enumerate(reversed(layers)) for name in layer.split("|")}


def reaches(path: Path) -> set[str]:
    text = path.read_text()
    if path.suffix == ".py":
        return set(KEY.findall(text)) | set(REVERSE.findall(text))
    text = FRAME.sub("", text)
    return set(URL.findall(text)) | set(TEMPLATE.findall(text))


def test_strings_point_down():
    height = storeys()
    wrong = []
    for app, mine in height.items():
        for path in [*(APPS / app).rglob("*.py"), *(APPS / app).rglob("*.html")]:
            if "migrations" in path.parts:
                continue
            for other in reaches(path):
                if other in height and other != app and height[other] >= mine:
                    wrong.append(f"{path.relative_to(APPS)} -> {other}")
    assert not wrong, "points up or sideways: " + ", ".join(sorted(set(wrong)))


def test_the_contract_knows_every_app():
    present = {path.name for path in APPS.iterdir() if (path / "__init__.py").exists()}
    assert present <= set(storeys())
