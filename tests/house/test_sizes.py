"""A file splits at about 400 lines, a function is mended at about 50; nothing is called utils."""

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lianzhu"
MOST_FILE, MOST_FUNCTION = 420, 60
NAMELESS = {"utils", "helpers", "common", "base", "manager", "misc"}


def python_files() -> list[Path]:
    return [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def test_no_file_is_too_long():
    long = [
        f"{p.relative_to(SOURCE)}: {n}" for p in python_files() if (n := len(p.read_text().splitlines())) > MOST_FILE
    ]
    assert not long, "split into a folder of the same name: " + ", ".join(long)


def test_no_function_is_too_long():
    long = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_FUNCTION:
                    long.append(f"{path.relative_to(SOURCE)}:{node.lineno} {node.name} {lines}")
    assert not long, "mend: " + ", ".join(long)


def test_every_room_has_a_name():
    assert not [str(p) for p in SOURCE.rglob("*") if p.stem in NAMELESS and (p.suffix == ".py" or p.is_dir())]


def test_every_package_says_what_it_owns():
    silent = [
        str(path.parent.relative_to(SOURCE))
        for path in SOURCE.rglob("__init__.py")
        if "migrations" not in path.parts and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent, "say in the docstring what the package owns: " + ", ".join(silent)
