"""Secrets come by name from outside, or the edge says which one is not there."""

from pathlib import Path

import pytest

from infra.secrets import secret
from schemas.errors import Unavailable


def test_a_secret_is_a_variable_or_a_file_that_the_machine_hands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDGE_ONE", "1")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "EDGE_TWO").write_text("2\n")
    assert (secret("EDGE_ONE"), secret("EDGE_TWO"), secret("")) == ("1", "2", "")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(Unavailable, match="EDGE_TWO"):
        secret("EDGE_TWO")
