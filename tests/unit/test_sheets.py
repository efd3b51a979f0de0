"""Tables for spreadsheets."""

from services.api.sheets import sheet


def test_texts_stay_texts_and_numbers_numbers() -> None:
    answer = sheet("t", ("a", "b"), [("=1+1", -2), ("ô, nhiễm", None), ("", "@x")])
    assert bytes(answer.body).decode("utf-8-sig") == "a,b\r\n'=1+1,-2\r\n\"ô, nhiễm\",\r\n,'@x\r\n"
    assert answer.headers["content-disposition"] == 'attachment; filename="t.csv"'
