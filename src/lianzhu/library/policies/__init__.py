"""The policies that ship with Lianzhu: one YAML per policy with its dated versions, and its cases beside it.

Data only; `lianzhu.engine.rules` reads and evaluates it. Imports nothing but the library's YAML reader. Start reading
in any `cn.*.yaml`; docs/howto/add-a-policy.md explains the format.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

from lianzhu.library.exact_yaml import load_exact


def _texts(cases: bool) -> dict[str, str]:
    found = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in files("lianzhu.library.policies").iterdir()
        if entry.name.endswith(".yaml") and entry.name.endswith(".cases.yaml") == cases
    }
    return dict(sorted(found.items()))


@cache
def policy_texts() -> Mapping[str, str]:
    """Return the text of every policy: file name → YAML, sorted."""
    return _texts(cases=False)


@cache
def case_texts() -> Mapping[str, str]:
    """Return the text of every file of cases: file name → YAML, sorted."""
    return _texts(cases=True)


@cache
def size_bounds() -> Mapping[str, Any]:
    """Return the rows of the size classes of document 300: industry → bounds and mark (from sizes.yaml)."""
    text = files("lianzhu.library").joinpath("sizes.yaml").read_text(encoding="utf-8")
    return cast("dict[str, dict[str, Any]]", load_exact(text))["bounds"]
