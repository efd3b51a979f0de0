"""Why a candidate lost, in words."""

NEAR_MISS: dict[str, tuple[str, str]] = {
    "tie": (
        "Another explanation is about as good, so nothing was linked.",
        "Có cách giải thích khác cũng hợp lý tương đương nên chưa liên kết.",
    ),
    "weaker": (
        "Another explanation is better, or about as good and nearer.",
        "Có cách giải thích khác hợp lý hơn, hoặc tương đương và gần hơn.",
    ),
    "screened": ("What lies between is due to another cause.", "Sự việc nằm ở giữa do nguyên nhân khác gây ra."),
    "wording": (
        "Another one is about as near, and its words are more alike.",
        "Có sự việc khác gần tương đương và lời phản ánh giống hơn.",
    ),
    "cycle": ("The link would close a circle of causes.", "Liên kết này sẽ tạo thành vòng lặp nguyên nhân."),
    "outside_delay": (
        "The delay lies outside the rule's range ({range_en}).",
        "Độ trễ nằm ngoài khoảng của quy tắc ({range_vi}).",
    ),
    "ended": ("The cause had ended before.", "Khi đó nguyên nhân đã kết thúc."),
    "outlived": (
        "It went on long after the cause had ended: it has another reason.",
        "Sự việc này còn kéo dài rất lâu sau khi nguyên nhân kết thúc: có lý do khác.",
    ),
    "condition": (
        "Its condition did not hold there then: {conditions_en}.",
        "Khi đó tại đây không có {conditions_vi}.",
    ),
    "upwind": (
        "The wind came from the {wind_en}: it does not lie down wind.",
        "Khi đó gió thổi từ hướng {wind_vi}: nơi này không ở phía cuối gió.",
    ),
}
"""Reason → English and Vietnamese."""
