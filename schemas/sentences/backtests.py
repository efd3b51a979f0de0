"""Trying rules on the past."""

TEXTS: dict[str, dict[str, str]] = {
    "backtests_wait": {
        "en": "{number} backtests wait already; try again when they are over",
        "vi": "đã có {number} lần thử đang chờ; hãy thử lại khi chúng xong",
    },
    "cancelled": {"en": "it was cancelled", "vi": "đã bị hủy"},
    "no_backtest": {"en": "there is no backtest {id}", "vi": "không có lần thử {id}"},
    "no_readings_kept": {
        "en": "no readings of these conditions are kept from that time",
        "vi": "không còn lưu số đo của các điều kiện này từ thời điểm đó",
    },
    "not_before_to": {"en": "is not before `to`", "vi": "không trước `to`"},
    "not_before_until": {"en": "is not before `until`", "vi": "không trước `until`"},
    "nothing_proposed": {
        "en": "propose a rule, domain, condition or limit, or one to be without",
        "vi": "hãy đề xuất một quy tắc, lĩnh vực, điều kiện hay giới hạn, hoặc một mục cần bỏ",
    },
    "proposed_twice": {"en": "is proposed twice", "vi": "được đề xuất hai lần"},
    "too_far_before": {"en": "is more than {days} days before `to`", "vi": "trước `to` hơn {days} ngày"},
    "too_many_readings": {
        "en": "more than {most} readings since then; choose a later time",
        "vi": "hơn {most} số đo kể từ đó; hãy chọn thời điểm muộn hơn",
    },
    "too_many_signals": {
        "en": "more than {most} signals since then; choose a later time",
        "vi": "hơn {most} tín hiệu kể từ đó; hãy chọn thời điểm muộn hơn",
    },
}
