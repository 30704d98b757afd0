"""Every visible word is Chinese and English; templates hold no style, script or handler of their own, and compile."""

import ast
import io
import re
from functools import cache
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract
from django.template import engines
from django.utils.translation.template import templatize

from lianzhu.apps.cases.machine import Kind
from lianzhu.apps.portal.acts import ACTS

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lianzhu"
APPS = sorted(path.name for path in (SOURCE / "apps").iterdir() if (path / "__init__.py").exists())
FLOORS = ("library", "engine", "cli", "config", "demo")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "marked": None,
}
PO = Path("locale/zh_Hans/LC_MESSAGES/django.po")
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
INLINE = re.compile(r"""\sstyle\s*=|<style\b|<script\b(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*["']|javascript:""", re.I)


@cache
def translated(folder: Path) -> frozenset[str]:
    """Message ids with a finished Chinese translation in a folder's catalogue."""
    path = folder / PO
    if not path.exists():
        return frozenset()
    return frozenset(
        entry.msgid
        for entry in polib.pofile(str(path))
        if not entry.fuzzy and not entry.obsolete and (entry.msgstr or all(entry.msgstr_plural.values() or [""]))
    )


def words_of(path: Path) -> set[str]:
    """Message ids in one Python file or template."""
    text = path.read_text()
    if path.suffix == ".html":
        code = io.BytesIO(templatize(text).encode())
        found = [message for _line, message, _comments, _context in extract("python", code, keywords=KEYWORDS)]
        return {message if isinstance(message, str) else message[0] for message in found if message}
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and node.args]
    # The tree, not the tokens: words inside an f-string count too.
    named = [node for node in calls if getattr(node.func, "id", getattr(node.func, "attr", "")) in KEYWORDS]
    return {n.args[0].value for n in named if isinstance(n.args[0], ast.Constant) and isinstance(n.args[0].value, str)}


def files(folder: Path) -> list[Path]:
    return [p for p in [*folder.rglob("*.py"), *folder.rglob("*.html")] if "migrations" not in p.parts]


@pytest.mark.parametrize("app", APPS)
def test_every_word_of_an_app_is_translated(app: str) -> None:
    folder = SOURCE / "apps" / app
    known = translated(folder) | translated(SOURCE)
    missing = {word for path in files(folder) for word in words_of(path)} - known
    assert not missing, f"{len(missing)} not in {app}/{PO}: {sorted(missing)[:40]}"


def test_every_recorded_act_has_words_for_the_auditor() -> None:
    acts = {f"case.{kind.value}" for kind in Kind}
    for path in (SOURCE / "apps").rglob("*.py"):
        acts |= recorded(path) if "audit.record(" in path.read_text() else set()
    assert {"finding.set_aside", "person.invited", "seat.taken"} <= acts
    assert not acts - set(ACTS), f"add to portal/acts.py: {sorted(acts - set(ACTS))}"


def recorded(path: Path) -> set[str]:
    """Acts one file records: handed to `audit.record`, or to the file's own function that records what it is told."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    words = [arg.value for call in calls for arg in call.args if isinstance(arg, ast.Constant)]
    return {word for word in words if isinstance(word, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", word)}


@pytest.mark.parametrize("floor", FLOORS)
def test_every_word_below_the_apps_is_translated(floor: str) -> None:
    missing = {word for path in files(SOURCE / floor) for word in words_of(path)} - translated(SOURCE)
    assert not missing, f"{len(missing)} not in lianzhu/{PO}: {sorted(missing)[:40]}"


def test_every_sentence_of_a_problem_is_marked() -> None:
    """A sentence written straight into a Problem would reach no catalogue and stay English."""
    bare = []
    for path in (path for floor in (*FLOORS, "apps") for path in files(SOURCE / floor) if path.suffix == ".py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Problem":
                continue
            said = [*node.args[:1], *node.args[2:3], *(k.value for k in node.keywords if k.arg in ("message", "mend"))]
            bare += [f"{path.name}:{one.lineno}" for one in said if isinstance(one, ast.JoinedStr)]
            bare += [f"{path.name}:{one.lineno}" for one in said if isinstance(one, ast.Constant) and one.value]
    assert not bare, bare


@pytest.mark.parametrize("folder", [SOURCE, *(SOURCE / "apps" / app for app in APPS)], ids=lambda path: path.name)
def test_translations_keep_the_named_fields(folder: Path) -> None:
    """`%(name)s`, `{name}` stand in the Chinese exactly as in the English; a plural may leave the number out."""
    if not (folder / PO).exists():
        return
    fields = re.compile(r"%\(\w+\)s|\{\w+\}")
    wrong = []
    for entry in polib.pofile(str(folder / PO)):
        said = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        wanted = set(fields.findall(entry.msgid_plural or entry.msgid))
        wrong += [entry.msgid for text in said if text and set(fields.findall(text)) != wanted]
    assert not wrong, wrong


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_template_compiles_and_is_plain(path: Path) -> None:
    text = path.read_text()
    engines["django"].from_string(text)
    assert not INLINE.findall(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "x", text))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_template_says_nothing_outside_the_catalogue(path: Path) -> None:
    """No Chinese text in a template: it belongs to the .po file. The pages that must work without any code may."""
    if path.name in {"400.html", "500.html"}:
        return
    text = re.sub(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", "", path.read_text(), flags=re.S)
    # What a form sends back is data, also where a tag compares it.
    text = re.sub(r"""\svalue="[^"]*"|\{%\s*(?:el)?if\b.*?%\}""", "", text)
    assert not re.findall(r"[一-鿿]+", text.replace("中文", ""))
