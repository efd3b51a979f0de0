"""The names of HTTP statuses, as the API and as ingest give them."""

TEXTS: dict[str, dict[str, str]] = {
    "ingest_400": {"en": "The request cannot be read", "vi": "Không đọc được yêu cầu"},
    "ingest_401": {"en": "An API key is needed", "vi": "Cần khóa API"},
    "ingest_403": {"en": "This API key may not write events", "vi": "Khóa API này không được ghi sự kiện"},
    "ingest_404": {"en": "There is nothing here", "vi": "Không có gì ở đây"},
    "ingest_405": {"en": "This method does nothing here", "vi": "Phương thức này không dùng được ở đây"},
    "ingest_413": {"en": "The body is too large", "vi": "Nội dung quá lớn"},
    "ingest_415": {
        "en": "This type or coding of content is not taken",
        "vi": "Không nhận loại hoặc cách nén nội dung này",
    },
    "ingest_422": {"en": "The input is not valid", "vi": "Dữ liệu không hợp lệ"},
    "ingest_503": {"en": "Kafka does not answer at the moment", "vi": "Kafka tạm thời không trả lời"},
    "status_400": {"en": "Bad Request", "vi": "Yêu cầu không đọc được"},
    "status_401": {"en": "Unauthorized", "vi": "Chưa xác thực"},
    "status_403": {"en": "Forbidden", "vi": "Không có quyền"},
    "status_404": {"en": "Not Found", "vi": "Không tìm thấy"},
    "status_405": {"en": "Method Not Allowed", "vi": "Phương thức không dùng được"},
    "status_406": {"en": "Not Acceptable", "vi": "Không đáp ứng được"},
    "status_409": {"en": "Conflict", "vi": "Xung đột"},
    "status_413": {"en": "Request Entity Too Large", "vi": "Nội dung quá lớn"},
    "status_415": {"en": "Unsupported Media Type", "vi": "Loại nội dung không nhận"},
    "status_422": {"en": "Unprocessable Entity", "vi": "Dữ liệu không hợp lệ"},
    "status_429": {"en": "Too Many Requests", "vi": "Quá nhiều yêu cầu"},
    "status_500": {"en": "Internal Server Error", "vi": "Lỗi máy chủ"},
    "status_503": {"en": "Service Unavailable", "vi": "Dịch vụ tạm ngưng"},
}
