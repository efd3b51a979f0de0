"""What the commands of `soc` tell: results, progress, what is wrong with what they were given."""

TEXTS: dict[str, dict[str, str]] = {
    "backtest_done": {
        "en": "{events} events taken, {refused} lines refused, {incidents} incidents in {path}",
        "vi": "đã nhận {events} sự kiện, từ chối {refused} dòng, có {incidents} sự cố trong {path}",
    },
    "csv_needs_mapping": {
        "en": "a CSV recording needs {name} beside it",
        "vi": "dữ liệu ghi dạng CSV cần có {name} bên cạnh",
    },
    "csv_no_column": {"en": "has no column {column!r}", "vi": "không có cột {column!r}"},
    "csv_no_number": {"en": "{column}: {given!r} is no number", "vi": "{column}: {given!r} không phải số"},
    "csv_no_sensor": {
        "en": "the sensor {sensor!r} of replay.toml names a column that is not there",
        "vi": "cảm biến {sensor!r} trong replay.toml nêu một cột không có",
    },
    "folder_checked": {
        "en": "{city}: {assets} assets, {relations} relations, no error",
        "vi": "{city}: {assets} đối tượng, {relations} quan hệ, không có lỗi",
    },
    "folder_imported": {"en": "imported {path}", "vi": "đã nạp {path}"},
    "in_line": {"en": "{path}, line {number}", "vi": "{path}, dòng {number}"},
    "key_made": {
        "en": "{id}: keep this now, it is not shown again",
        "vi": "{id}: hãy lưu ngay khóa này, nó không được hiện lại",
    },
    "key_revoked": {"en": "revoked {id}", "vi": "đã thu hồi {id}"},
    "letter_sent": {"en": "sent again to {topic}", "vi": "đã gửi lại vào {topic}"},
    "no_letter": {"en": "there is no dead letter {number}", "vi": "không có bản tin bị từ chối {number}"},
    "no_line_taken": {
        "en": "no line of it is an event that can be taken",
        "vi": "không dòng nào là sự kiện nhận được",
    },
    "no_recorded_event": {
        "en": "is no CloudEvent in JSON with a time",
        "vi": "không phải CloudEvent dạng JSON có thời gian",
    },
    "no_such_file": {"en": "is no file", "vi": "không phải tệp"},
    "out_is_input": {"en": "is the input too", "vi": "cũng là tệp đầu vào"},
    "passwords_differ": {
        "en": "the two passwords are not the same; once more",
        "vi": "hai mật khẩu không giống nhau; hãy nhập lại",
    },
    "path_denied": {
        "en": "may not be read or written by this user",
        "vi": "người dùng này không có quyền đọc hoặc ghi",
    },
    "path_is_folder": {"en": "is a folder", "vi": "là thư mục"},
    "path_taken": {"en": "is a file, a folder is needed", "vi": "là tệp, ở đây cần thư mục"},
    "path_through_file": {
        "en": "leads through a file where a folder is needed",
        "vi": "đi qua một tệp ở chỗ cần thư mục",
    },
    "process_gone": {
        "en": "a process of this command ended before its work was done; see above",
        "vi": "một tiến trình của lệnh này dừng khi chưa xong việc; xem bên trên",
    },
    "progress_count": {"en": "{done}/{total} {unit}", "vi": "{done}/{total} {unit}"},
    "progress_left": {
        "en": "{counted}, {seconds:.0f} s left",
        "vi": "{counted}, còn {seconds:.0f} giây",
    },
    "prompt_again": {"en": "Repeat for confirmation", "vi": "Nhập lại để xác nhận"},
    "prompt_password": {"en": "Password", "vi": "Mật khẩu"},
    "record_left_out": {
        "en": "record {record} is left out: {field}: {detail}",
        "vi": "bỏ qua bản ghi {record}: {field}: {detail}",
    },
    "recorded_compressed": {
        "en": "is compressed; unpack it first, as by gunzip",
        "vi": "đang ở dạng nén; hãy giải nén trước, ví dụ bằng gunzip",
    },
    "recorded_needs_offset": {"en": "the time has no offset", "vi": "thời gian thiếu múi giờ"},
    "recorded_needs_time": {
        "en": "a recorded event needs recordedtime or time",
        "vi": "sự kiện đã ghi cần có recordedtime hoặc time",
    },
    "recorded_no_time": {"en": "{given!r} is no time", "vi": "{given!r} không phải thời gian"},
    "replay_gave_up": {
        "en": "{url} has not taken events for {seconds:.0f} s",
        "vi": "{url} không nhận sự kiện trong {seconds:.0f} giây",
    },
    "replay_interrupted": {
        "en": "so far {summary}; run it again to go on, nothing is taken twice",
        "vi": "đến lúc này {summary}; chạy lại để tiếp tục, không có gì bị nhận hai lần",
    },
    "replay_needs": {
        "en": "give --url and --key: there is no {path}",
        "vi": "hãy cho --url và --key: không có {path}",
    },
    "replay_refused": {"en": "refused: {reason}", "vi": "bị từ chối: {reason}"},
    "replay_refused_event": {
        "en": "refused: event {id}: {reason}",
        "vi": "bị từ chối: sự kiện {id}: {reason}",
    },
    "replay_speed": {"en": "is a number above 0, or max", "vi": "phải là số lớn hơn 0, hoặc max"},
    "replay_summary": {
        "en": "{taken} events taken, {refused} refused",
        "vi": "đã nhận {taken} sự kiện, từ chối {refused}",
    },
    "replay_summary_again": {
        "en": "{taken} events taken, {again} had been taken before, {refused} refused",
        "vi": "đã nhận {taken} sự kiện, {again} đã nhận từ trước, từ chối {refused}",
    },
    "replay_unreached": {
        "en": "{url} is not reached; waiting for up to {seconds:.0f} s",
        "vi": "không kết nối được {url}; chờ tối đa {seconds:.0f} giây",
    },
    "replay_waits": {
        "en": "{url} answers {status}; waiting for up to {seconds:.0f} s",
        "vi": "{url} trả lời {status}; chờ tối đa {seconds:.0f} giây",
    },
    "replay_wrong": {"en": "the center answered {status}: {reason}", "vi": "trung tâm trả lời {status}: {reason}"},
    "rows_written": {"en": "{rows} rows in {path}", "vi": "{rows} dòng trong {path}"},
    "state_dead": {"en": "dead", "vi": "không còn chạy"},
    "state_failed": {"en": "failed", "vi": "bị lỗi"},
    "state_ready": {"en": "ready", "vi": "sẵn sàng"},
    "state_restarting": {"en": "restarting", "vi": "khởi động lại"},
    "state_running": {"en": "running", "vi": "đang chạy"},
    "state_starting": {"en": "starting", "vi": "đang khởi động"},
    "state_stopped": {"en": "stopped", "vi": "đã dừng"},
    "state_stopping": {"en": "stopping", "vi": "đang dừng"},
    "status_process": {
        "en": "{name:12} {state:10} pid {pid:>8}  restarts {restarts}",
        "vi": "{name:12} {state:14} pid {pid:>8}  khởi động lại {restarts}",
    },
    "status_process_ended": {
        "en": "{process}  last ended with {how}",
        "vi": "{process}  lần cuối dừng với {how}",
    },
    "status_servers": {
        "en": "kafka {kafka}  database {database}  redis {redis}",
        "vi": "kafka {kafka}  cơ sở dữ liệu {database}  redis {redis}",
    },
    "topics_head": {
        "en": f"{'topic':44} {'parts':>5} {'records':>10} {'MB':>8}  lag",
        "vi": f"{'chủ đề':44} {'phần':>5} {'bản ghi':>10} {'MB':>8}  còn chờ",
    },
    "unit_bytes": {"en": "bytes", "vi": "byte"},
    "unit_events": {"en": "events", "vi": "sự kiện"},
    "user_added": {"en": "added {name} as {role}", "vi": "đã thêm {name} với vai trò {role}"},
    "user_disabled": {"en": "disabled {name}", "vi": "đã khóa {name}"},
    "user_has_role": {"en": "{name} is {role}", "vi": "{name} có vai trò {role}"},
    "user_off": {"en": "disabled", "vi": "bị khóa"},
    "user_password_new": {"en": "new password for {name}", "vi": "đã đặt mật khẩu mới cho {name}"},
}
