"""What there is to say about the quality of an indicator, in both languages."""

NOTES = {
    "no_meter": ("nothing measures it", "không có thiết bị đo"),
    "no_limit": ("no limit is known", "chưa biết giới hạn áp dụng"),
    "no_figure": ("not declared or not known: {}", "chưa khai báo hoặc chưa biết: {}"),
    "carried": (
        "worked out with the figure of an earlier time, none is known for this one: {}",
        "tính theo số liệu của thời kỳ trước vì chưa có số liệu mới: {}",
    ),
    "no_fuel_meter": ("without fuel: nothing measures it", "không tính nhiên liệu vì không có thiết bị đo"),
    "national_limit": (
        "judged by the national fallback, no permit is known",
        "so với giới hạn quốc gia vì chưa có giấy phép môi trường",
    ),
    "faults_left_out": (
        "times of faults of instruments are left out: they are no breach",
        "đã loại thời gian thiết bị hỏng: không phải là vi phạm",
    ),
    "low_coverage": (
        "data gap: {} of what is billed is metered, {} is needed",
        "thiếu dữ liệu: đo được {} so với hóa đơn, cần {}",
    ),
    "no_class": ("its leased area is not declared", "chưa khai báo diện tích cho thuê"),
    "no_value": ("nothing was measured in this time", "không có số liệu trong thời gian này"),
    "simulated": (
        "partly of a simulated past, as demo cities have it",
        "có phần số liệu quá khứ mô phỏng, chỉ có ở thành phố minh họa",
    ),
    "alone": ("alone in its size class", "không có khu cùng nhóm quy mô để so sánh"),
}


def told(note: str) -> tuple[str, str]:
    """A note in English and Vietnamese; what follows the colon, `|` between, is put in."""
    key, _, given = note.partition(":")
    words = NOTES.get(key, (note, note))
    return tuple(each.format(*given.split("|")) for each in words)  # type: ignore[return-value]
