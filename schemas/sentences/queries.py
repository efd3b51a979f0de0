"""Queries, paths and headers."""

TEXTS: dict[str, dict[str, str]] = {
    "body_too_long": {
        "en": "the body has more than {limit} bytes, the most that is taken here",
        "vi": "nội dung dài hơn {limit} byte, mức tối đa được nhận ở đây",
    },
    "key_of_another_request": {
        "en": "another request came with this key; give each its own",
        "vi": "khóa này đã dùng cho một yêu cầu khác; mỗi yêu cầu cần khóa riêng",
    },
    "no_parameters": {
        "en": "is no parameter here; there are none",
        "vi": "không phải tham số ở đây; ở đây không có tham số",
    },
    "no_precondition": {
        "en": "nothing here has an ETag to compare with; say which `revision` or `version` you saw instead",
        "vi": "ở đây không có ETag để so sánh; thay vào đó hãy nêu `revision` hoặc `version` mà bạn đã thấy",
    },
    "not_true_or_false": {"en": "is neither true nor false", "vi": "không phải true hay false"},
    "not_time_of_day": {"en": "is not a time of day, as in 07:00", "vi": "không phải giờ trong ngày, như 07:00"},
    "not_whole_number": {"en": "is not a whole number", "vi": "không phải số nguyên"},
    "query_above": {"en": "is not above {least}", "vi": "không lớn hơn {least}"},
    "query_at_least": {"en": "is below {least}, the least", "vi": "nhỏ hơn mức tối thiểu {least}"},
    "query_at_most": {"en": "is above {most}, the most", "vi": "vượt mức tối đa {most}"},
    "query_below": {"en": "is not below {most}", "vi": "không nhỏ hơn {most}"},
    "query_longer": {"en": "has more than {most} characters", "vi": "nhiều hơn {most} ký tự"},
    "query_pattern": {"en": "is not of the form {pattern}", "vi": "không có dạng {pattern}"},
    "query_shorter": {"en": "has fewer than {least} characters", "vi": "ít hơn {least} ký tự"},
    "too_few": {"en": "has fewer than {least} values", "vi": "ít hơn {least} giá trị"},
    "too_many": {"en": "has more than {most} values", "vi": "nhiều hơn {most} giá trị"},
    "unknown_parameter": {
        "en": "is no parameter here; there are: {known}",
        "vi": "không phải tham số ở đây; các tham số: {known}",
    },
}
