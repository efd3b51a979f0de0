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
    "needs_mail": {
        "en": "the center sends no e-mail; set SOC_SMTP_URL and SOC_MAIL_FROM and start it again",
        "vi": "trung tâm chưa gửi được email; hãy đặt SOC_SMTP_URL và SOC_MAIL_FROM rồi khởi động lại",
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
    "not_header": {
        "en": "must be 1 to {most} printable letters of ASCII",
        "vi": "phải gồm 1 đến {most} ký tự ASCII in được",
    },
    "not_of_form": {
        "en": "an endpoint of the form {form} has none",
        "vi": "địa chỉ nhận kiểu {form} không có mục này",
    },
    "not_phone": {
        "en": "must be a phone number with its country, like +84901234567",
        "vi": "phải là số điện thoại có mã quốc gia, như +84901234567",
    },
    "not_repeating": {
        "en": "must be a rule of RFC 5545 by day, week or month like FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20261231T170000Z",
        "vi": "phải là quy tắc RFC 5545 theo ngày, tuần hoặc tháng như FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20261231T170000Z",
    },
    "only_webhooks_sign": {"en": "only webhooks have a secret", "vi": "chỉ webhook mới có khóa bí mật"},
    "template_no_object": {
        "en": "must be a JSON object or list with {{phone}} and {{text}} in its texts",
        "vi": "phải là đối tượng hoặc danh sách JSON có {{phone}} và {{text}} trong các đoạn chữ",
    },
    "template_without": {"en": "{place} is nowhere in it", "vi": "không có {place} trong đó"},
    "to_nobody": {
        "en": "name `duty` for whoever is on duty, or 1 to {most} addresses",
        "vi": "hãy ghi `duty` cho người đang trực, hoặc 1 đến {most} địa chỉ",
    },
}
