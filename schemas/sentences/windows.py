"""Silences and planned works."""

TEXTS: dict[str, dict[str, str]] = {
    "it_is_over": {"en": "it is over", "vi": "đã kết thúc"},
    "match_empty": {
        "en": "say what is to be matched; `*` stands for everything",
        "vi": "hãy nêu điều cần khớp; `*` nghĩa là tất cả",
    },
    "match_texts": {
        "en": "holds at most {most} texts of 1 to {longest}",
        "vi": "có tối đa {most} đoạn chữ dài từ 1 đến {longest} ký tự",
    },
    "metres_outside": {"en": "is outside 0 … {most:g} metres", "vi": "nằm ngoài khoảng 0 … {most:g} mét"},
    "not_your_agency": {"en": "{id} is not your agency's", "vi": "{id} không thuộc cơ quan của bạn"},
    "nothing_called": {"en": "there is nothing called {id} here", "vi": "không có gì mang mã {id} ở đây"},
    "over_already": {"en": "is over already", "vi": "đã qua rồi"},
    "place_required": {"en": "geometry or assets is required", "vi": "cần có geometry hoặc assets"},
    "text_length": {"en": "must be a text of 1 to {most}", "vi": "phải là đoạn chữ dài từ 1 đến {most} ký tự"},
    "window_too_long": {"en": "is more than {days} days after from", "vi": "cách thời điểm bắt đầu hơn {days} ngày"},
}
