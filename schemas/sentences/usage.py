"""How `soc` is used: help of every command, option and argument, and what is wrong with a line that was typed."""

TEXTS: dict[str, dict[str, str]] = {
    "argument_required": {"en": "the argument {name} is missing", "vi": "thiếu tham số {name}"},
    "arguments_unexpected": {"en": "nothing more is expected here: {given}", "vi": "thừa tham số: {given}"},
    "command_required": {"en": "a command is missing", "vi": "thiếu lệnh"},
    "command_unknown": {"en": "there is no command {name}", "vi": "không có lệnh {name}"},
    "command_unknown_perhaps": {
        "en": "there is no command {name}; perhaps {known}",
        "vi": "không có lệnh {name}; có phải {known}",
    },
    "help_agency": {
        "en": "Sees what names this agency only; default: the whole city.",
        "vi": "Chỉ thấy những gì liên quan đến cơ quan này; mặc định: toàn thành phố.",
    },
    "help_backtest": {
        "en": "Fold recorded CloudEvents into incidents, without a running center.",
        "vi": "Tính các sự cố từ CloudEvents đã ghi, không cần trung tâm đang chạy.",
    },
    "help_backtest_input": {
        "en": "CloudEvents as JSON lines, in the order of arrival.",
        "vi": "CloudEvents, mỗi dòng một JSON, theo thứ tự đến.",
    },
    "help_backtest_out": {
        "en": "Where the incidents go, as JSON lines.",
        "vi": "Nơi ghi các sự cố, mỗi dòng một JSON.",
    },
    "help_backtest_rules": {
        "en": "Folder of rule files to use instead of those that ship and the city folder's.",
        "vi": "Thư mục quy tắc dùng thay cho quy tắc có sẵn và của thư mục thành phố.",
    },
    "help_city": {
        "en": "Check a city folder, or load it into the running center.",
        "vi": "Kiểm tra thư mục thành phố, hoặc nạp vào trung tâm đang chạy.",
    },
    "help_city_check": {
        "en": "Check a folder as a whole; name every error with file, place and field.",
        "vi": "Kiểm tra toàn bộ thư mục; nêu từng lỗi với tệp, vị trí và trường.",
    },
    "help_city_folder": {"en": "The city folder.", "vi": "Thư mục thành phố."},
    "help_city_import": {
        "en": "Load a folder into the running center; in force within a second, edits over the API stay.",
        "vi": "Nạp thư mục vào trung tâm đang chạy; có hiệu lực trong một giây, các sửa đổi qua API giữ nguyên.",
    },
    "help_dead_letters": {
        "en": "What could not be taken, and why; take it again.",
        "vi": "Các bản tin bị từ chối và lý do; gửi lại bản tin.",
    },
    "help_down": {
        "en": "End what `soc up` started in this run directory, nothing else.",
        "vi": "Dừng những gì `soc up` đã khởi động trong thư mục chạy này, không gì khác.",
    },
    "help_help": {"en": "Show this message and exit.", "vi": "Hiện hướng dẫn này rồi thoát."},
    "help_keys": {
        "en": "API keys of integrators and screens.",
        "vi": "Khóa API của bên tích hợp và màn hình.",
    },
    "help_keys_create": {
        "en": "Make a key and print its secret, once. A wall needs `--role viewer`.",
        "vi": "Tạo khóa và in ra một lần duy nhất. Màn hình treo tường cần `--role viewer`.",
    },
    "help_keys_id": {"en": "Id of the key, see `soc keys list`.", "vi": "Mã của khóa, xem `soc keys list`."},
    "help_keys_list": {
        "en": "List keys with their roles and agencies; the secrets are nowhere.",
        "vi": "Liệt kê khóa với vai trò và cơ quan; không nơi nào lưu chính khóa.",
    },
    "help_keys_name": {"en": "Who uses it.", "vi": "Ai sử dụng."},
    "help_keys_revoke": {
        "en": "End a key: what uses it is refused within seconds.",
        "vi": "Thu hồi khóa: nơi đang dùng sẽ bị từ chối trong vài giây.",
    },
    "help_keys_role": {
        "en": "viewer, operator, supervisor, integrator, admin; may be given several times.",
        "vi": "viewer, operator, supervisor, integrator, admin; có thể nêu nhiều lần.",
    },
    "help_letters_count": {"en": "How many of the last ones.", "vi": "Số bản tin gần nhất."},
    "help_letters_list": {
        "en": "List the last letters: number, time, where it was, who refused it, why.",
        "vi": "Liệt kê các bản tin gần nhất: số, thời gian, từ đâu, khâu nào từ chối, vì sao.",
    },
    "help_letters_number": {
        "en": "Number of the letter, as `list` shows it.",
        "vi": "Số của bản tin, như `list` hiện.",
    },
    "help_letters_replay": {
        "en": "Send the original bytes to where they stood again, or a corrected text to the inbox.",
        "vi": "Gửi lại nội dung gốc vào nơi cũ, hoặc gửi bản đã sửa vào hộp thư đến.",
    },
    "help_letters_show": {
        "en": "Show one letter with its original bytes as text.",
        "vi": "Hiện một bản tin cùng nội dung gốc dạng văn bản.",
    },
    "help_letters_text": {
        "en": "File with the CloudEvent to send instead of the original; - reads it here.",
        "vi": "Tệp có CloudEvent gửi thay bản gốc; - là đọc tại đây.",
    },
    "help_prepare": {
        "en": "Bring tables, reference data and topics of your own servers to what this version and the city folder "
        "want, for processes that `soc up` does not start.\n\n"
        "Harmless when all is there. The first time it writes credentials.json into the run directory. Start the "
        "relay next: the other processes begin with what it publishes.",
        "vi": "Chuẩn bị bảng, dữ liệu tham chiếu và chủ đề trên máy chủ của bạn theo phiên bản này và thư mục thành "
        "phố, cho các tiến trình không do `soc up` khởi động.\n\n"
        "Không gây hại khi đã có đủ. Lần đầu lệnh ghi credentials.json vào thư mục chạy. Sau đó hãy khởi động relay: "
        "các tiến trình khác bắt đầu từ những gì relay phát.",
    },
    "help_prepare_wait": {
        "en": "Prepare nothing: return once it is done and the relay has published it.",
        "vi": "Không chuẩn bị gì: kết thúc khi mọi thứ đã xong và relay đã phát.",
    },
    "help_readings": {
        "en": "Write rollups as Parquet, for instance before they are dropped.",
        "vi": "Ghi số đo tổng hợp ra tệp Parquet, chẳng hạn trước khi chúng bị xóa.",
    },
    "help_readings_from": {"en": "From this time on, UTC.", "vi": "Từ thời điểm này, UTC."},
    "help_readings_out": {"en": "The Parquet file to write.", "vi": "Tệp Parquet cần ghi."},
    "help_readings_sensor": {"en": "Only this sensor.", "vi": "Chỉ cảm biến này."},
    "help_readings_step": {"en": "minute or hour.", "vi": "minute (phút) hoặc hour (giờ)."},
    "help_readings_to": {"en": "Before this time, UTC.", "vi": "Trước thời điểm này, UTC."},
    "help_replay": {
        "en": "Send recorded input to a running center.",
        "vi": "Gửi dữ liệu đã ghi vào trung tâm đang chạy.",
    },
    "help_replay_files": {
        "en": "CloudEvents as JSON lines, or CSV with replay.toml beside it.",
        "vi": "CloudEvents mỗi dòng một JSON, hoặc CSV có replay.toml bên cạnh.",
    },
    "help_replay_key": {
        "en": "API key; default: SOC_API_KEY or credentials.json.",
        "vi": "Khóa API; mặc định: SOC_API_KEY hoặc credentials.json.",
    },
    "help_replay_speed": {
        "en": "Times the recorded pace, or max.",
        "vi": "Gấp mấy lần tốc độ đã ghi, hoặc max.",
    },
    "help_replay_url": {
        "en": "Address of the center; default: the one of this run directory.",
        "vi": "Địa chỉ của trung tâm; mặc định: trung tâm của thư mục chạy này.",
    },
    "help_soc": {
        "en": "Runs and looks after a Smart Operations Center. Settings: SOC_* variables, see "
        "docs/generated/settings.md; SOC_LANGUAGE=vi speaks Vietnamese.",
        "vi": "Khởi động và quản lý Trung tâm điều hành thông minh. Cài đặt: các biến SOC_*, xem "
        "docs/generated/settings.md; SOC_LANGUAGE=en để dùng tiếng Anh.",
    },
    "help_status": {
        "en": "Show the processes and addresses of this run directory's center.",
        "vi": "Hiện các tiến trình và địa chỉ của trung tâm trong thư mục chạy này.",
    },
    "help_status_json": {"en": "As JSON.", "vi": "Dạng JSON."},
    "help_topics": {
        "en": "List the topics with partitions, records, size and the lag of each group.",
        "vi": "Liệt kê chủ đề với số phần, số bản ghi, kích thước và số bản ghi còn chờ của mỗi nhóm.",
    },
    "help_up": {
        "en": "Start everything and keep it running; Ctrl-C ends it in order.",
        "vi": "Khởi động mọi thứ và giữ cho chạy; Ctrl-C dừng theo đúng thứ tự.",
    },
    "help_up_detach": {
        "en": "Return once ready; the center stays in the background.",
        "vi": "Kết thúc lệnh khi đã sẵn sàng; trung tâm chạy nền.",
    },
    "help_users": {"en": "People who may sign in.", "vi": "Người được đăng nhập."},
    "help_users_add": {"en": "Add a user.", "vi": "Thêm người dùng."},
    "help_users_disable": {
        "en": "Disable a user and end all sessions of theirs.",
        "vi": "Khóa một người dùng và kết thúc mọi phiên của người đó.",
    },
    "help_users_list": {
        "en": "List users with role, agency and whether they are disabled.",
        "vi": "Liệt kê người dùng với vai trò, cơ quan và ai đang bị khóa.",
    },
    "help_users_name": {"en": "Name of the user.", "vi": "Tên người dùng."},
    "help_users_password": {
        "en": "Set a new password, enable the user again and end all sessions of theirs.",
        "vi": "Đặt mật khẩu mới, mở khóa người dùng và kết thúc mọi phiên của người đó.",
    },
    "help_users_password_option": {
        "en": "At least 10 characters; asked for if it is not given.",
        "vi": "Ít nhất 10 ký tự; nếu không nêu thì sẽ được hỏi.",
    },
    "help_users_role": {
        "en": "Give a user another role and end all sessions of theirs.",
        "vi": "Đổi vai trò của một người dùng và kết thúc mọi phiên của người đó.",
    },
    "help_users_role_option": {
        "en": "One of admin, supervisor, operator, viewer.",
        "vi": "Một trong: admin, supervisor, operator, viewer.",
    },
    "interrupted": {"en": "interrupted", "vi": "đã ngắt"},
    "not_moment": {
        "en": "is not a time, as in 2026-01-31T08:00",
        "vi": "không phải thời gian, như 2026-01-31T08:00",
    },
    "option_needs_value": {"en": "{name} needs a value", "vi": "{name} cần có giá trị"},
    "option_required": {"en": "the option {name} is missing", "vi": "thiếu tùy chọn {name}"},
    "option_takes_no_value": {"en": "{name} takes no value", "vi": "{name} không nhận giá trị"},
    "option_unknown": {"en": "there is no option {name}", "vi": "không có tùy chọn {name}"},
    "option_unknown_perhaps": {
        "en": "there is no option {name}; perhaps {known}",
        "vi": "không có tùy chọn {name}; có phải {known}",
    },
    "path_absent": {"en": "there is no {path}", "vi": "không có {path}"},
    "path_is_file": {"en": "{path} is a file, a folder is needed", "vi": "{path} là tệp, ở đây cần thư mục"},
    "title_arguments": {"en": "Arguments", "vi": "Tham số"},
    "title_commands": {"en": "Commands", "vi": "Lệnh"},
    "title_options": {"en": "Options", "vi": "Tùy chọn"},
    "usage_command": {"en": "COMMAND [ARGS]...", "vi": "LỆNH [THAM SỐ]..."},
    "usage_default": {"en": "[default: {value}]", "vi": "[mặc định: {value}]"},
    "usage_line": {"en": "Usage: {line}", "vi": "Cách dùng: {line}"},
    "usage_options": {"en": "[OPTIONS]", "vi": "[TÙY CHỌN]"},
    "usage_required": {"en": "[required]", "vi": "[bắt buộc]"},
    "usage_try": {"en": "Try '{command} --help' for help.", "vi": "Xem '{command} --help' để được hướng dẫn."},
}
