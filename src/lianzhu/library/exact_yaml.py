"""Reads the library's YAML exactly: a number with a point becomes a Decimal, and a key written twice is an error."""

from collections.abc import Hashable
from decimal import Decimal

import yaml

from lianzhu.library.problem import BadInput, Problem, marked

# libyaml where the wheel has it, else the plain loader; the same answers, eight times slower.
_ExactLoader: type[yaml.SafeLoader] = type("_ExactLoader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)).replace("_", ""))


def _date(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        raise BadInput(
            Problem(
                marked("{value} is not a day of the calendar."),
                {"value": str(node.value)},
                mend=marked("Write it as 2026-04-01."),
                row=node.start_mark.line + 1,
            )
        ) from None


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Hashable, object]:
    found: dict[Hashable, object] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise BadInput(
                Problem(
                    marked("The key {key} is written twice."),
                    {"key": str(key)},
                    mend=marked("Keep one of the two."),
                    row=key_node.start_mark.line + 1,
                )
            )
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _decimal)
_ExactLoader.add_constructor("tag:yaml.org,2002:timestamp", _date)
_ExactLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load_exact(text: str) -> object:
    """Parse YAML text: mappings, lists, str, int, bool, date, None, and Decimal in place of float.

    Raises BadInput with the line when the text is not YAML, a key is written twice or a date is no day there is.

    >>> load_exact("{step: 0.01, top: 5}")
    {'step': Decimal('0.01'), 'top': 5}
    """
    try:
        return _ExactLoader(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise BadInput(
            Problem(
                marked("This is not valid YAML: {why}."),
                {"why": error.problem or "unreadable"},
                mend=marked("Mend the line, most often its spaces or quotes."),
                row=line,
            )
        )
