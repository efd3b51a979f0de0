"""What is wrong with a line that was typed, or with a file that it names, as a sentence that says the way out."""

import errno
import os
import re

from typer import TyperException

from schemas.sentences import Sentence, joined, say

_LINES = tuple(
    (re.compile(pattern, re.DOTALL), code)
    for pattern, code in (
        (r"No such option: (?P<name>.+?) \(Possible options: (?P<known>.+)\)", "option_unknown_perhaps"),
        (r"No such option: (?P<name>.+)", "option_unknown"),
        (r"No such command '(?P<name>.+?)'\. Did you mean (?P<known>.+)\?", "command_unknown_perhaps"),
        (r"No such command '(?P<name>.+)'\.", "command_unknown"),
        (r"Missing command\.", "command_required"),
        (r"Missing option '(?P<name>[^']+)'\..*", "option_required"),
        (r"Missing argument '(?P<name>[^']+)'\..*", "argument_required"),
        (r"Option '(?P<name>.+)' requires an argument\.", "option_needs_value"),
        (r"Option '(?P<name>.+)' does not take a value\.", "option_takes_no_value"),
        (r"Got unexpected extra argument\(s\) \((?P<given>.*)\)", "arguments_unexpected"),
    )
)
_VALUE = re.compile(r"Invalid value for '(?P<name>[^']+)': (?P<what>.+)", re.DOTALL)
_VALUES = tuple(
    (re.compile(pattern, re.DOTALL), code)
    for pattern, code in (
        (r"\w+ '(?P<path>.*)' does not exist\.", "path_absent"),
        (r"\w+ '(?P<path>.*)' is a file\.", "path_is_file"),
        (r"Input should be a valid integer.*", "not_whole_number"),
        (r"Input should be greater than or equal to (?P<least>\d+)", "query_at_least"),
        (r"Input should be a valid datetime.*", "not_moment"),
    )
)
_OF_FILES = {
    errno.ENOENT: "no_file",
    errno.EACCES: "path_denied",
    errno.EPERM: "path_denied",
    errno.EISDIR: "path_is_folder",
    errno.ENOTDIR: "path_through_file",
    errno.EEXIST: "path_taken",
    errno.ENOSPC: "disk_is_full",
}
_OPENED = re.compile(r"'(?P<path>.*)': (?P<reason>.+)", re.DOTALL)
_REASONS = {os.strerror(number): code for number, code in _OF_FILES.items()}


def mistyped(error: TyperException) -> Sentence:
    """What the library found wrong with the line; in its own words where there is no sentence for it."""
    found = error.format_message()
    if wrong := _VALUE.fullmatch(found):
        return joined([wrong["name"], _of_value(wrong["what"])], ": ")
    return _matched(found, _LINES)


def of_system(error: OSError) -> Sentence:
    """What the system found wrong with a file, which is named if it is known."""
    code = _OF_FILES.get(error.errno or 0)
    what = say(code) if code else say("as_found", text=error.strerror or str(error))
    return joined([str(error.filename), what], ": ") if error.filename else what


def _of_value(found: str) -> Sentence:
    opened = _OPENED.fullmatch(found)
    if opened and opened["reason"] in _REASONS:
        return joined([opened["path"], say(_REASONS[opened["reason"]])], ": ")
    return _matched(found, _VALUES)


def _matched(found: str, sentences: tuple[tuple[re.Pattern[str], str], ...]) -> Sentence:
    for pattern, code in sentences:
        if match := pattern.fullmatch(found):
            return say(code, **match.groupdict())
    return say("as_found", text=found)
