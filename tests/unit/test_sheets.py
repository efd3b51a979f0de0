"""Tables for spreadsheets."""

from services.api.sheets import in_exercise, sheet


def test_texts_stay_texts_and_numbers_numbers() -> None:
    answer = sheet("t", ("a", "b"), [("=1+1", -2), ("ô, nhiễm", None), ("", "@x")])
    assert bytes(answer.body).decode("utf-8-sig") == "a,b\r\n'=1+1,-2\r\n\"ô, nhiễm\",\r\n,'@x\r\n"
    assert answer.headers["content-disposition"] == 'attachment; filename="t.csv"'


def test_a_file_is_named_whatever_letters_its_name_has() -> None:
    names = {"room-2026-11": 'filename="room-2026-11.csv"',
             'khu-"Đ"/1': "filename=\"khu-____1.csv\"; filename*=UTF-8''khu-%22%C4%90%22_1.csv"}  # fmt: skip
    for name, said in names.items():
        assert sheet(name, ("a",), []).headers["content-disposition"] == f"attachment; {said}"


def test_a_file_out_of_an_exercise_says_so_in_its_name() -> None:
    assert (in_exercise("audit", "Flood 2026"), in_exercise("audit", "")) == ("exercise-Flood 2026-audit", "audit")
