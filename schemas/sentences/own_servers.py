"""Servers of one's own: waiting for them, TLS, users, and why one is not let in."""

TEXTS: dict[str, dict[str, str]] = {
    "begins_with": {"en": "must begin with {known}", "vi": "phải bắt đầu bằng {known}"},
    "certificate_other_name": {
        "en": "the certificate of Kafka at {where} is for another name ({reason}); "
        "name the broker as its certificate does",
        "vi": "chứng chỉ của Kafka tại {where} là của tên khác ({reason}); hãy gọi broker bằng tên trong chứng chỉ",
    },
    "certificate_refused": {
        "en": "Kafka at {where} refuses the certificate that it is shown, or that it is shown none ({reason})",
        "vi": "Kafka tại {where} không nhận chứng chỉ được đưa ra, hoặc không được đưa chứng chỉ nào ({reason})",
    },
    "certificate_untrusted": {
        "en": "the certificate of Kafka at {where} is not trusted ({reason}); "
        "name a file with the authority that signed it",
        "vi": "chứng chỉ của Kafka tại {where} không được tin cậy ({reason}); "
        "hãy chỉ ra tệp chứa cơ quan chứng thực đã ký nó",
    },
    "file_empty": {"en": "{path} is empty", "vi": "{path} là tệp rỗng"},
    "file_not_utf8": {"en": "{path} is no text in UTF-8", "vi": "{path} không phải văn bản UTF-8"},
    "path_unreadable": {"en": "{path} cannot be read: {reason}", "vi": "không đọc được {path}: {reason}"},
    "is_none_of": {"en": "{given!r} is none of {known}", "vi": "{given!r} không nằm trong số {known}"},
    "kafka_silent": {
        "en": "Kafka at {where} does not answer: {reason}",
        "vi": "Kafka tại {where} không trả lời: {reason}",
    },
    "kafka_embedded_open": {
        "en": "must be set with SOC_KAFKA_SECURITY_PROTOCOL: the embedded Kafka has neither TLS nor users",
        "vi": "phải được đặt cùng SOC_KAFKA_SECURITY_PROTOCOL: Kafka đi kèm không có TLS và không có người dùng",
    },
    "kafka_ends_tls": {
        "en": "Kafka at {where} ends TLS before it began: it is starting, or speaks none at this port",
        "vi": "Kafka tại {where} ngắt TLS khi chưa bắt đầu: nó đang khởi động, hoặc cổng này không dùng TLS",
    },
    "kafka_hangs_up": {
        "en": "Kafka at {where} hangs up: it is starting, or wants another SOC_KAFKA_SECURITY_PROTOCOL",
        "vi": "Kafka tại {where} ngắt kết nối: nó đang khởi động, hoặc cần SOC_KAFKA_SECURITY_PROTOCOL khác",
    },
    "kafka_hangs_up_tls": {
        "en": "Kafka at {where} hangs up: it is starting, or wants another SOC_KAFKA_SECURITY_PROTOCOL "
        "or a SOC_KAFKA_CERTIFICATE_FILE",
        "vi": "Kafka tại {where} ngắt kết nối: nó đang khởi động, hoặc cần SOC_KAFKA_SECURITY_PROTOCOL khác "
        "hay một SOC_KAFKA_CERTIFICATE_FILE",
    },
    "kafka_in_the_clear": {
        "en": "warning: SOC_KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT: nothing is encrypted, "
        "with PLAIN not even the password; use SASL_SSL",
        "vi": "cảnh báo: SOC_KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT: không có gì được mã hóa, "
        "với PLAIN thì cả mật khẩu cũng không; hãy dùng SASL_SSL",
    },
    "kafka_no_tls": {
        "en": "Kafka at {where} speaks no TLS at this port",
        "vi": "Kafka tại {where} không dùng TLS ở cổng này",
    },
    "kafka_no_users": {
        "en": "Kafka at {where} takes no users at this port",
        "vi": "Kafka tại {where} không nhận người dùng ở cổng này",
    },
    "kafka_not_offered": {
        "en": "Kafka at {where} does not offer {mechanism}",
        "vi": "Kafka tại {where} không hỗ trợ {mechanism}",
    },
    "kafka_refuses_user": {
        "en": "Kafka at {where} refuses the user {user!r} with {mechanism}: "
        "this, SOC_KAFKA_USER or SOC_KAFKA_SASL_MECHANISM is wrong",
        "vi": "Kafka tại {where} từ chối người dùng {user!r} với {mechanism}: "
        "giá trị này, SOC_KAFKA_USER hoặc SOC_KAFKA_SASL_MECHANISM sai",
    },
    "kafka_unproven": {
        "en": "Kafka at {where} does not know the password itself ({reason}): is it yours",
        "vi": "chính Kafka tại {where} không biết mật khẩu ({reason}): có đúng là máy của bạn không",
    },
    "key_encrypted": {
        "en": "{path} is encrypted; decrypt it: openssl pkey -in FILE -out FILE",
        "vi": "{path} đang bị mã hóa; hãy giải mã: openssl pkey -in FILE -out FILE",
    },
    "key_needs_certificate": {
        "en": "needs SOC_KAFKA_CERTIFICATE_FILE, the certificate of this key",
        "vi": "cần SOC_KAFKA_CERTIFICATE_FILE, chứng chỉ của khóa này",
    },
    "key_of_another": {
        "en": "{path} is not the key of the certificate in {chain}",
        "vi": "{path} không phải khóa của chứng chỉ trong {chain}",
    },
    "needs_tls_protocol": {
        "en": "needs SOC_KAFKA_SECURITY_PROTOCOL SSL or SASL_SSL; it is {given}",
        "vi": "cần SOC_KAFKA_SECURITY_PROTOCOL là SSL hoặc SASL_SSL; hiện là {given}",
    },
    "needs_user_protocol": {
        "en": "needs SOC_KAFKA_SECURITY_PROTOCOL SASL_SSL; it is {given}",
        "vi": "cần SOC_KAFKA_SECURITY_PROTOCOL là SASL_SSL; hiện là {given}",
    },
    "no_certificate_in": {
        "en": "{path} has no certificate in PEM form (-----BEGIN CERTIFICATE-----)",
        "vi": "{path} không có chứng chỉ dạng PEM (-----BEGIN CERTIFICATE-----)",
    },
    "no_host_port": {
        "en": "{given!r} is no host:port; several are separated by commas",
        "vi": "{given!r} không phải dạng máy:cổng; nhiều địa chỉ thì cách nhau bằng dấu phẩy",
    },
    "no_key_pair": {
        "en": "{chain} and {path} are no certificate and key in PEM form",
        "vi": "{chain} và {path} không phải chứng chỉ và khóa dạng PEM",
    },
    "own_servers_answer": {"en": "servers of your own: {names}", "vi": "máy chủ của bạn: {names}"},
    "password_missing": {
        "en": "is missing for {user!r}; or name a file with it in SOC_KAFKA_PASSWORD_FILE",
        "vi": "còn thiếu cho {user!r}; hoặc chỉ ra tệp chứa nó trong SOC_KAFKA_PASSWORD_FILE",
    },
    "password_twice": {
        "en": "is given and SOC_KAFKA_PASSWORD too; leave one out",
        "vi": "được đặt cùng với SOC_KAFKA_PASSWORD; hãy bỏ một trong hai",
    },
    "server_answers": {
        "en": "{name} at {where} answers after {seconds:.0f} s",
        "vi": "{name} tại {where} đã trả lời sau {seconds:.0f} giây",
    },
    "server_refuses": {
        "en": "{name} at {where} refuses: {reason}",
        "vi": "{name} tại {where} từ chối: {reason}",
    },
    "server_mute": {
        "en": "{name} at {where} did not answer within {seconds:.0f} s: {reason}",
        "vi": "{name} tại {where} không trả lời trong {seconds:.0f} giây: {reason}",
    },
    "server_waited": {
        "en": "waiting for {name} at {where} ({setting}, {waited:.0f} of {seconds:.0f} s)",
        "vi": "đang chờ {name} tại {where} ({setting}, {waited:.0f} trong {seconds:.0f} giây)",
    },
    "silent": {"en": "silent", "vi": "im lặng"},
    "silent_for": {"en": "silent for {seconds:.0f} s", "vi": "im lặng {seconds:.0f} giây"},
    "user_missing": {
        "en": "must be set with SOC_KAFKA_SECURITY_PROTOCOL {given}",
        "vi": "phải được đặt khi SOC_KAFKA_SECURITY_PROTOCOL là {given}",
    },
}
