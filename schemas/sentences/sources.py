"""How edges do: why one is away, what it passes over."""

TEXTS: dict[str, dict[str, str]] = {
    "answer_too_large": {
        "en": "the answer is larger than {most} bytes",
        "vi": "câu trả lời lớn hơn {most} byte",
    },
    "answers": {"en": "answers {status}", "vi": "trả lời {status}"},
    "answers_later": {
        "en": "answers {status} and wants to be asked again in {seconds} s",
        "vi": "trả lời {status} và muốn được hỏi lại sau {seconds} giây",
    },
    "certificates_unread": {
        "en": "the certificates of {file} cannot be read: {reason}",
        "vi": "không đọc được chứng chỉ trong {file}: {reason}",
    },
    "connection_cut": {"en": "was cut off", "vi": "bị ngắt kết nối"},
    "does_not_answer": {"en": "{address} does not answer", "vi": "{address} không trả lời"},
    "edge_untold": {
        "en": "ingest has not told of it lately",
        "vi": "bộ thu nhận gần đây không báo gì về kết nối này",
    },
    "ended_by_itself": {"en": "ended by itself", "vi": "tự kết thúc"},
    "feed_old": {
        "en": "the feed is not made anew: by its own clock it is {minutes} minutes old",
        "vi": "nguồn không được làm mới: theo đồng hồ của chính nó, dữ liệu đã cũ {minutes} phút",
    },
    "files_passed_over": {
        "en": "{files} files passed over, tried again after {seconds} s: {first}: {reason}",
        "vi": "bỏ qua {files} tệp, thử lại sau {seconds} giây: {first}: {reason}",
    },
    "no_answer_in_time": {"en": "no answer in time", "vi": "không trả lời kịp thời hạn"},
    "no_answer_in_time_of": {"en": "no answer in time: {kind}", "vi": "không trả lời kịp thời hạn: {kind}"},
    "no_connection": {"en": "no connection: {reason}", "vi": "không kết nối được: {reason}"},
    "no_whole_answer": {
        "en": "no whole answer within {seconds} s",
        "vi": "không nhận được trọn câu trả lời trong {seconds} giây",
    },
    "package_missing": {
        "en": "the package {name} is not installed; an extra brings it (docs/guides/feeds.md)",
        "vi": "chưa cài gói {name}; phần tùy chọn có gói đó (docs/guides/vi/feeds.md)",
    },
    "redirected_elsewhere": {
        "en": "is redirected to {to}, another server: if that is right, say so in url",
        "vi": "bị chuyển hướng sang {to}, là máy chủ khác: nếu đúng như vậy, hãy ghi địa chỉ đó vào url",
    },
    "redirected_often": {
        "en": "is redirected more than {most} times, last to {to}",
        "vi": "bị chuyển hướng hơn {most} lần, lần cuối sang {to}",
    },
    "redis_silent": {"en": "Redis does not answer: {reason}", "vi": "Redis không trả lời: {reason}"},
    "secret_missing": {
        "en": "the secret {name} is neither in the environment nor in $CREDENTIALS_DIRECTORY",
        "vi": "bí mật {name} không có trong biến môi trường cũng không có trong $CREDENTIALS_DIRECTORY",
    },
    "sftp_silent": {
        "en": "SFTP has not answered within {seconds} s",
        "vi": "SFTP không trả lời trong {seconds} giây",
    },
    "subscriptions_refused": {
        "en": "the broker refuses {refused} of {of} subscriptions: {which}",
        "vi": "broker từ chối {refused} trên {of} đăng ký: {which}",
    },
}
