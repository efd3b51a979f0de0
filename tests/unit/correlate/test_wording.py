"""How alike two texts are."""

import pytest

from city.correlate.wording import grams, likeness


def alike(one: str, other: str) -> float:
    return likeness(grams(one), grams(other))


def test_case_diacritics_order_and_marks_do_not_count() -> None:
    assert alike("Đường NGẬP, nước phun!", "nuoc phun duong ngap") == 1.0


def test_it_is_dice_of_runs_of_three_letters_within_words() -> None:
    assert grams("xe tải") == {" xe", "xe ", " ta", "tai", "ai "}
    assert alike("xe tải", "xe tay") == pytest.approx(2 * 3 / 10)


@pytest.mark.parametrize(("one", "other"), [("", ""), ("…", "…"), ("mất điện", ""), ("abc", "xyz")])
def test_no_words_or_none_in_common_are_nothing(one: str, other: str) -> None:
    assert alike(one, other) == 0.0
