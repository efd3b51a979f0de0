"""The score's figures on clusterings whose values are known."""

import pytest

from tests.score.figures import Tally, agreement


def clusters(labels: str) -> dict[str, str]:
    return {str(number): label for number, label in enumerate(labels)}


@pytest.mark.parametrize(
    ("truth", "found", "rand"),
    [("aabb", "xxyy", 1.0), ("aabb", "xxyz", 4 / 7), ("aaaa", "wxyz", 0.0), ("aabb", "xyxy", -0.5), ("a", "x", 1.0)],
)
def test_the_adjusted_rand_index_has_its_known_values(truth: str, found: str, rand: float) -> None:
    assert agreement(clusters(truth), clusters(found)).rand == pytest.approx(rand)


def test_pairs_are_counted_in_truth_in_what_was_found_and_in_both() -> None:
    agreed = agreement(clusters("aaabb"), clusters("xxyyy"))
    assert (agreed.true, agreed.found, agreed.both) == (4, 4, 2)


def test_precision_and_recall_come_from_the_pairs_of_all_days() -> None:
    total = Tally()
    total.add(Tally(days=1, both=3, true=4, found=3, rand=1.0))
    total.add(Tally(days=1, both=0, true=0, found=1, rand=0.5))
    figures = total.figures()
    assert (figures["precision"], figures["recall"], figures["f1"], figures["ari"]) == (0.75, 0.75, 0.75, 0.75)
