"""The duty roster, and how people on it are told."""

TEXTS: dict[str, dict[str, str]] = {
    "duty_ends_early": {
        "en": "must be after it begins, by the city's clock too",
        "vi": "phải sau lúc bắt đầu, cả theo giờ của thành phố",
    },
    "duty_name": {"en": "a name has 1 to {longest} characters", "vi": "tên dài từ 1 đến {longest} ký tự"},
    "duty_too_long": {
        "en": "is more than {days} days after it begins; let a shorter one repeat",
        "vi": "cách lúc bắt đầu hơn {days} ngày; hãy cho ca ngắn hơn lặp lại",
    },
    "no_duty": {"en": "there is no turn of duty {id}", "vi": "không có ca trực {id}"},
    "no_way_to_reach": {
        "en": "an e-mail address or a phone number is required",
        "vi": "cần có địa chỉ email hoặc số điện thoại",
    },
    "not_email": {
        "en": "must be an e-mail address like lan@example.org",
        "vi": "phải là địa chỉ email như lan@example.org",
    },
    "not_first_of_rule": {
        "en": "the rule does not have the day on which it begins among its days",
        "vi": "quy tắc lặp không có ngày bắt đầu trong các ngày của nó",
    },
    "not_phone": {
        "en": "must be a phone number with its country, like +84901234567",
        "vi": "phải là số điện thoại có mã quốc gia, như +84901234567",
    },
    "not_repeating": {
        "en": "must be a rule of RFC 5545 by day, week or month like FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20261231T170000Z",
        "vi": "phải là quy tắc RFC 5545 theo ngày, tuần hoặc tháng như FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20261231T170000Z",
    },
}
