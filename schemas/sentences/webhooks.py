"""Webhooks and their addresses."""

TEXTS: dict[str, dict[str, str]] = {
    "answered_gone": {"en": "the receiver answered 410 Gone", "vi": "bên nhận trả lời 410 Gone"},
    "carries_control": {
        "en": "must not carry control characters, such as a line break",
        "vi": "không được chứa ký tự điều khiển, chẳng hạn dấu xuống dòng",
    },
    "carries_password": {
        "en": "must not carry a user name or password",
        "vi": "không được chứa tên người dùng hay mật khẩu",
    },
    "disabled": {"en": "it is disabled; enable it first", "vi": "đang bị tắt; hãy bật trước"},
    "disabled_by": {"en": "disabled by {name}", "vi": "{name} đã tắt"},
    "failed_for_days": {
        "en": "every attempt has failed for five days",
        "vi": "mọi lần thử trong năm ngày đều không thành",
    },
    "no_address": {"en": "the name {host} has no address", "vi": "tên {host} không có địa chỉ"},
    "no_delivery": {"en": "webhook {id} has no delivery {delivery}", "vi": "webhook {id} không có lần gửi {delivery}"},
    "no_port": {"en": "the port is not a number from 1 to 65535", "vi": "cổng không phải số từ 1 đến 65535"},
    "no_webhook": {"en": "there is no webhook {id}", "vi": "không có webhook {id}"},
    "not_address": {
        "en": "must be an address like https://example.org/hook",
        "vi": "phải là địa chỉ như https://example.org/hook",
    },
    "not_https": {"en": "must be https", "vi": "phải là https"},
    "not_public": {
        "en": "{host} leads to {address}, which is not a public address",
        "vi": "{host} dẫn đến {address}, không phải địa chỉ công cộng",
    },
    "of_exercise": {
        "en": "it belongs to an exercise, which is told to nobody; POST …/test sends a test event",
        "vi": "thuộc một cuộc diễn tập, không báo cho ai; POST …/test gửi một sự kiện thử",
    },
}
