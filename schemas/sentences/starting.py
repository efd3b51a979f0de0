"""How a center starts and ends: servers, processes, settings, what `soc up`, `soc down` and `soc prepare` tell."""

TEXTS: dict[str, dict[str, str]] = {
    "already_running": {"en": "already running: {url}", "vi": "đang chạy rồi: {url}"},
    "already_runs": {
        "en": "the center of {path} already runs; `soc down` ends it",
        "vi": "trung tâm của {path} đang chạy rồi; `soc down` dừng nó",
    },
    "already_runs_at": {
        "en": "the center of {path} already runs at {url}; `soc down` ends it",
        "vi": "trung tâm của {path} đang chạy rồi tại {url}; `soc down` dừng nó",
    },
    "api_silent": {"en": "the API does not answer ({reason})", "vi": "API không trả lời ({reason})"},
    "city_read": {"en": "city: {city}", "vi": "thành phố: {city}"},
    "console_at": {"en": "console: {url}", "vi": "bảng điều khiển: {url}"},
    "credentials_at": {"en": "credentials: {path}", "vi": "thông tin đăng nhập: {path}"},
    "credentials_made": {
        "en": "credentials: made, this is the first start",
        "vi": "thông tin đăng nhập: đã tạo, đây là lần khởi động đầu",
    },
    "database_address": {
        "en": "must be an address like {scheme}://user:password@host:5432/name",
        "vi": "phải là địa chỉ dạng {scheme}://user:password@host:5432/name",
    },
    "database_newer": {
        "en": "the tables in PostgreSQL are of another, probably newer version ({found}; this one knows {known} and "
        "older): start that version again, or restore a backup of before it",
        "vi": "các bảng trong PostgreSQL thuộc phiên bản khác, có lẽ mới hơn ({found}; phiên bản này biết {known} "
        "trở về trước): hãy chạy lại phiên bản ấy, hoặc phục hồi bản sao lưu có từ trước đó",
    },
    "database_ready": {
        "en": "database: ready, {city} with {assets} assets",
        "vi": "cơ sở dữ liệu: sẵn sàng, {city} có {assets} đối tượng",
    },
    "disk_full": {"en": "the disk with {path} is full", "vi": "ổ đĩa chứa {path} đã đầy"},
    "disk_is_full": {"en": "the disk is full", "vi": "ổ đĩa đã đầy"},
    "disk_nearly_full": {
        "en": "the disk with {path} is full: {free:.0f} MB free, {needed} MB are needed",
        "vi": "ổ đĩa chứa {path} đã đầy: còn {free:.0f} MB, cần {needed} MB",
    },
    "edge_at": {"en": "edge {id}: {address}", "vi": "kết nối {id}: {address}"},
    "ended": {"en": "ended: {names}", "vi": "đã dừng: {names}"},
    "ended_left": {
        "en": "ended what an earlier start left: {names}",
        "vi": "đã dừng những gì lần khởi động trước để lại: {names}",
    },
    "ended_supervisor": {"en": "ended: the supervisor", "vi": "đã dừng: tiến trình giám sát"},
    "exit_code": {"en": "exit code {code}", "vi": "mã thoát {code}"},
    "exit_signal": {"en": "signal {name}", "vi": "tín hiệu {name}"},
    "given_switch": {"en": "{given!r} is neither 1 nor 0", "vi": "{given!r} không phải 1 hay 0"},
    "given_whole_number": {"en": "{given!r} is not a whole number", "vi": "{given!r} không phải số nguyên"},
    "jars_coming": {
        "en": "downloading Kafka {version} (54 MB, about half a minute)",
        "vi": "đang tải Kafka {version} (54 MB, khoảng nửa phút)",
    },
    "jars_failed": {
        "en": "Kafka's jars could not be downloaded from the Maven repository: {reason}",
        "vi": "không tải được các tệp jar của Kafka từ kho Maven: {reason}",
    },
    "jars_so_far": {"en": "Kafka: {number} jars, {size:.0f} MB", "vi": "Kafka: {number} tệp jar, {size:.0f} MB"},
    "kafka_uncreated": {"en": "Kafka did not create {names}", "vi": "Kafka không tạo được {names}"},
    "kafka_unformatted": {
        "en": "Kafka's storage could not be formatted: {reason}",
        "vi": "không định dạng được vùng lưu trữ của Kafka: {reason}",
    },
    "mail_address": {"en": "must be an e-mail address", "vi": "phải là địa chỉ email"},
    "mail_server": {
        "en": "is no address like smtp://user:password@host:587",
        "vi": "không phải địa chỉ dạng smtp://user:password@host:587",
    },
    "missing_rows": {
        "en": "the relay has yet to publish {rows} rows of reference data",
        "vi": "relay còn phải phát {rows} dòng dữ liệu tham chiếu",
    },
    "missing_tables": {
        "en": "the tables are not those of this version",
        "vi": "các bảng không phải của phiên bản này",
    },
    "missing_topics": {"en": "topics are missing: {names}", "vi": "thiếu các chủ đề: {names}"},
    "no_center_ever": {
        "en": "no center was ever started in {path}",
        "vi": "chưa từng khởi động trung tâm nào trong {path}",
    },
    "no_center_runs": {
        "en": "no center runs in {path}; start one with `make run`",
        "vi": "không có trung tâm nào đang chạy trong {path}; hãy khởi động bằng `make run`",
    },
    "no_valkey": {
        "en": "there is no Valkey for {system} on {machine}; set SOC_REDIS_URL to a server of your own",
        "vi": "không có Valkey cho {system} trên {machine}; hãy đặt SOC_REDIS_URL là máy chủ của bạn",
    },
    "no_folder_at": {"en": "{path} is not a folder", "vi": "{path} không phải thư mục"},
    "not_prepared": {
        "en": "not prepared after {seconds:.0f} s: {missing}",
        "vi": "sau {seconds:.0f} giây vẫn chưa chuẩn bị xong: {missing}",
    },
    "not_ready": {
        "en": "not ready after {seconds:.0f} s: {missing}",
        "vi": "sau {seconds:.0f} giây vẫn chưa chạy được: {missing}",
    },
    "nothing_runs": {"en": "nothing runs in {path}", "vi": "không có gì đang chạy trong {path}"},
    "nothing_said": {"en": "it said nothing", "vi": "nó không báo gì"},
    "own_server_needed": {
        "en": "must be set: only servers of your own are prepared",
        "vi": "phải được đặt: chỉ chuẩn bị máy chủ của chính bạn",
    },
    "port_taken": {
        "en": "port {port} on {host} is in use by another program; set {setting} to a free one",
        "vi": "cổng {port} trên {host} đang được chương trình khác dùng; hãy đặt {setting} là cổng còn trống",
    },
    "postgres_refuses": {"en": "PostgreSQL refuses: {reason}", "vi": "PostgreSQL từ chối: {reason}"},
    "postgres_rights": {
        "en": "PostgreSQL refuses: {reason}. The user of SOC_DATABASE_URL must own the tables and may need to create "
        "more in the schema public",
        "vi": "PostgreSQL từ chối: {reason}. Người dùng của SOC_DATABASE_URL phải là chủ các bảng và được tạo thêm "
        "bảng trong lược đồ public",
    },
    "postgres_silent": {"en": "PostgreSQL does not answer: {reason}", "vi": "PostgreSQL không trả lời: {reason}"},
    "postgres_uninitialised": {
        "en": "PostgreSQL could not be initialised: {reason}",
        "vi": "không khởi tạo được PostgreSQL: {reason}",
    },
    "prepared": {"en": "prepared", "vi": "đã sẵn sàng"},
    "process_restarted": {
        "en": "{name} ended with {how}, restarted (restart {number})",
        "vi": "{name} đã dừng với {how}, đã khởi động lại (lần {number})",
    },
    "processes_run": {"en": "processes: {names}", "vi": "tiến trình: {names}"},
    "ready_after": {"en": "ready after {seconds:.1f} s", "vi": "sẵn sàng sau {seconds:.1f} giây"},
    "reference_published": {"en": "reference data: published", "vi": "dữ liệu tham chiếu: đã phát"},
    "reference_publishing": {
        "en": "reference data: {done} of {total} published",
        "vi": "dữ liệu tham chiếu: đã phát {done} trên {total}",
    },
    "reference_refused": {
        "en": "the reference data could not be imported: {reason}",
        "vi": "không nạp được dữ liệu tham chiếu: {reason}",
    },
    "reference_unpublished": {
        "en": "the relay has published none of the {rows} rows of reference data left for {seconds:.0f} s",
        "vi": "relay không phát được bản ghi nào trong {rows} bản ghi tham chiếu còn lại suốt {seconds:.0f} giây",
    },
    "rehearsal_failed": {"en": "no rehearsal: {reason}", "vi": "không chạy thử được: {reason}"},
    "rehearsal_kept_nothing": {"en": "no cache was written: {reason}", "vi": "không ghi được bộ đệm: {reason}"},
    "rehearsing": {
        "en": "rehearsing Kafka's start (about 20 s)",
        "vi": "chạy thử để Kafka khởi động nhanh hơn (khoảng 20 giây)",
    },
    "server_ended": {
        "en": "{name} ended with {code} at its start: {reason}",
        "vi": "{name} dừng với mã {code} khi khởi động: {reason}",
    },
    "server_silent": {
        "en": "{name} did not answer within {seconds:.0f} s; see {path}",
        "vi": "{name} không trả lời trong {seconds:.0f} giây; xem {path}",
    },
    "servers_external": {"en": "servers: all external", "vi": "máy chủ: đều ở bên ngoài"},
    "servers_run": {"en": "servers: {names}", "vi": "máy chủ: {names}"},
    "starts_never": {
        "en": "{name} does not start: {reason} (see {path})",
        "vi": "{name} không khởi động được: {reason} (xem {path})",
    },
    "step_took": {"en": "{what} ({seconds:.1f} s)", "vi": "{what} ({seconds:.1f} giây)"},
    "still_starting": {
        "en": "the center is still starting; try again in a moment",
        "vi": "trung tâm đang khởi động; hãy thử lại sau giây lát",
    },
    "stopped": {"en": "stopped", "vi": "đã dừng"},
    "stopping": {"en": "stopping", "vi": "đang dừng"},
    "supervisor_ended": {
        "en": "the supervisor ended with {how}",
        "vi": "tiến trình giám sát đã dừng với {how}",
    },
    "topics_created": {"en": "topics: {number} created", "vi": "chủ đề: đã tạo {number}"},
    "topics_there": {"en": "topics: all there", "vi": "chủ đề: đã có đủ"},
    "waiting_for": {"en": "waiting: {missing}", "vi": "đang chờ: {missing}"},
}
