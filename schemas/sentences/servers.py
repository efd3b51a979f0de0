"""Servers that do not answer."""

TEXTS: dict[str, dict[str, str]] = {
    "database_cannot_keep": {
        "en": "something in it is nothing that the database could look for or keep: a number too large, a character",
        "vi": "có phần cơ sở dữ liệu không tìm hay lưu được: số quá lớn hoặc ký tự không hợp lệ",
    },
    "database_refused": {"en": "the database refused this", "vi": "cơ sở dữ liệu từ chối việc này"},
    "failed": {
        "en": "something went wrong; the log says what, under the request id",
        "vi": "đã có trục trặc; nhật ký ghi rõ theo mã yêu cầu (request id)",
    },
    "folder_unreadable": {
        "en": "the city folder cannot be read: {reason}",
        "vi": "không đọc được thư mục thành phố: {reason}",
    },
    "ingest_down": {"en": "ingest does not answer: {reason}", "vi": "bộ phận tiếp nhận không trả lời: {reason}"},
    "kafka_behind": {"en": "Kafka is behind; too much waits for it", "vi": "Kafka đang chậm; quá nhiều dữ liệu chờ"},
    "kafka_down": {"en": "Kafka does not answer: {reason}", "vi": "Kafka không trả lời: {reason}"},
    "kafka_not_yet": {"en": "Kafka does not answer yet", "vi": "Kafka chưa trả lời"},
    "kafka_refused": {"en": "Kafka did not take it: {reason}", "vi": "Kafka không nhận: {reason}"},
    "kafka_unacknowledged": {"en": "Kafka has not acknowledged", "vi": "Kafka chưa xác nhận"},
    "postgres_down": {"en": "PostgreSQL does not answer", "vi": "PostgreSQL không trả lời"},
    "redis_down": {"en": "Redis does not answer", "vi": "Redis không trả lời"},
    "try_again": {
        "en": "try again in {seconds} seconds; nothing is lost",
        "vi": "hãy thử lại sau {seconds} giây; không mất gì cả",
    },
}
