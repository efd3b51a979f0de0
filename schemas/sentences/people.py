"""People, keys, roles and sessions."""

TEXTS: dict[str, dict[str, str]] = {
    "key_name": {
        "en": "a name has 1 to {longest} characters: say who uses the key",
        "vi": "tên dài từ 1 đến {longest} ký tự: hãy nêu ai dùng khóa",
    },
    "key_roles_wrong": {"en": "{wrong}: one or more of {known}", "vi": "{wrong}: cần một hay nhiều trong {known}"},
    "key_unknown": {"en": "the API key is not known", "vi": "khóa API không đúng"},
    "last_admin": {
        "en": "{name} is the last admin: make another one first",
        "vi": "{name} là quản trị viên cuối cùng: hãy tạo người khác trước",
    },
    "logins_at_once": {
        "en": "too many passwords are worked on at this moment; try again at once",
        "vi": "đang xử lý quá nhiều mật khẩu cùng lúc; hãy thử lại ngay",
    },
    "needs_role": {"en": "this needs one of the roles {roles}", "vi": "việc này cần một trong các vai trò {roles}"},
    "no_agency": {
        "en": "{agency!r} is none of the city's agencies: {known}",
        "vi": "{agency!r} không thuộc các cơ quan của thành phố: {known}",
    },
    "no_key": {"en": "there is no key {id}", "vi": "không có khóa {id}"},
    "no_role": {"en": "no role: one or more of {known}", "vi": "chưa có vai trò: cần một hay nhiều trong {known}"},
    "no_user": {"en": "there is no user {name}", "vi": "không có người dùng {name}"},
    "nobody": {
        "en": "send `Authorization: Bearer <API key>`, or log in with POST /v1/session",
        "vi": "hãy gửi `Authorization: Bearer <khóa API>`, hoặc đăng nhập bằng POST /v1/session",
    },
    "not_a_screen": {
        "en": "the key is not known, or it may do more than look",
        "vi": "khóa không đúng, hoặc có quyền hơn việc xem",
    },
    "other_agency": {
        "en": "{name} belongs to {agency} and may name no other agency",
        "vi": "{name} thuộc {agency}, không được nêu cơ quan khác",
    },
    "other_agency_asset": {
        "en": "{asset} belongs to {other} and {name} to {agency}: this would cover nothing",
        "vi": "{asset} thuộc {other} còn {name} thuộc {agency}: tạm dừng báo này sẽ không có tác dụng",
    },
    "other_origin": {"en": "the request came from another origin", "vi": "yêu cầu đến từ nguồn gốc khác"},
    "password_short": {
        "en": "a password has at least {shortest} characters",
        "vi": "mật khẩu có ít nhất {shortest} ký tự",
    },
    "session_ended": {"en": "the session has ended; log in again", "vi": "phiên đã hết; hãy đăng nhập lại"},
    "too_many_logins": {"en": "too many failed logins", "vi": "đăng nhập sai quá nhiều lần"},
    "user_exists": {"en": "there is a user {name} already", "vi": "đã có người dùng {name}"},
    "user_name": {
        "en": "a name has 1 to {longest} characters, no space around them",
        "vi": "tên dài từ 1 đến {longest} ký tự, không có khoảng trắng ở hai đầu",
    },
    "whole_city": {
        "en": "this concerns the whole city; {name} sees and handles only what names {agency}",
        "vi": "việc này liên quan đến toàn thành phố; {name} chỉ xem và xử lý phần của {agency}",
    },
    "wrong_password": {"en": "user or password is wrong", "vi": "sai tên người dùng hoặc mật khẩu"},
}
