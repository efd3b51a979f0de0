"""Names in braces say which part of a topic is the sensor."""

import pytest

from city.braces import TopicTemplate, filled, names
from schemas.errors import Invalid


def test_a_template_becomes_a_filter_and_reads_topics() -> None:
    template = TopicTemplate("city/{zone}/{sensor}/level")
    assert template.filter == "city/+/+/level"
    assert template.read("city/a/s-1/level") == {"zone": "a", "sensor": "s-1"}
    assert template.read("city/a/s-1/level/more") is None


def test_the_rest_of_a_topic_may_be_anything() -> None:
    template = TopicTemplate("v1.0/{gateway}/#")
    assert template.filter == "v1.0/+/#"
    assert template.read("v1.0/g") == template.read("v1.0/g/a/b") == {"gateway": "g"}
    assert template.read("v1x0/g") is None


@pytest.mark.parametrize("template", ["", "a/{x}y", "a/{x}/{x}", "a/#/b", "a/+"])
def test_a_level_is_text_or_one_name(template: str) -> None:
    with pytest.raises(Invalid):
        TopicTemplate(template)


def test_a_template_is_filled_or_says_what_is_missing() -> None:
    assert names("{a}-{b}") == {"a", "b"}
    assert filled("{a}-{b}", {"a": "1", "b": "2"}) == "1-2"
    with pytest.raises(Invalid, match="no 'b'"):
        filled("{a}-{b}", {"a": "1"})
