"""What FastAPI finds wrong with a query, path or header, in sentences of the center."""

from collections.abc import Mapping
from typing import Any

from schemas.sentences import Sentence, say

CODES: dict[str, tuple[str, dict[str, str]]] = {
    "missing": ("required", {}),
    "extra_forbidden": ("unknown_field", {}),
    "int_parsing": ("not_whole_number", {}),
    "int_from_float": ("not_whole_number", {}),
    "int_parsing_size": ("number_too_large", {}),
    "float_parsing": ("not_number", {}),
    "finite_number": ("not_finite", {}),
    "bool_parsing": ("not_true_or_false", {}),
    "greater_than": ("query_above", {"gt": "least"}),
    "greater_than_equal": ("query_at_least", {"ge": "least"}),
    "less_than": ("query_below", {"lt": "most"}),
    "less_than_equal": ("query_at_most", {"le": "most"}),
    "string_too_short": ("query_shorter", {"min_length": "least"}),
    "string_too_long": ("query_longer", {"max_length": "most"}),
    "string_pattern_mismatch": ("query_pattern", {"pattern": "pattern"}),
    "too_short": ("too_few", {"min_length": "least"}),
    "too_long": ("too_many", {"max_length": "most"}),
    "enum": ("none_of", {"expected": "known"}),
    "value_none_of": ("value_none_of", {"value": "value", "known": "known"}),
    "literal_error": ("none_of", {"expected": "known"}),
    "timezone_aware": ("time_needs_offset", {}),
    "datetime_parsing": ("not_time", {}),
    "datetime_from_date_parsing": ("not_time", {}),
    "datetime_object_invalid": ("not_time", {}),
    "time_parsing": ("not_time_of_day", {}),
    "date_parsing": ("not_date", {}),
    "date_from_datetime_parsing": ("not_date", {}),
    "date_from_datetime_inexact": ("not_date", {}),
    "before_1970": ("before_1970", {}),
    "after_2200": ("after_2200", {}),
}
"""Pydantic's type of error → the code of the sentence, and which part of the error's context fills which brace."""


def asked_wrongly(error: Mapping[str, Any]) -> Sentence:
    """The sentence for one of pydantic's errors; its own words where there is none for it."""
    if error["type"] not in CODES:
        return say("as_found", text=error["msg"])
    code, names = CODES[error["type"]]
    return say(code, **{brace: error["ctx"][name] for name, brace in names.items()})
