"""Incidents, commands, checklists and hand-overs."""

TEXTS: dict[str, dict[str, str]] = {
    "accept_by_another": {
        "en": "another person must accept what you hand over",
        "vi": "người khác phải nhận ca bạn bàn giao",
    },
    "accepted_already": {"en": "{by} has accepted it already", "vi": "{by} đã nhận bàn giao này rồi"},
    "apart_between": {
        "en": "what was taken apart stands between them",
        "vi": "những gì đã bị tách ra còn ngăn giữa chúng",
    },
    "handover_of_another": {"en": "this is the hand-over of another desk", "vi": "đây là bàn giao của bàn trực khác"},
    "incident_changed": {
        "en": "the incident changed since version {version}",
        "vi": "sự cố đã thay đổi kể từ phiên bản {version}",
    },
    "incident_final": {"en": "the incident is {state}, which is final", "vi": "sự cố đã ở trạng thái cuối ({state})"},
    "name_another": {"en": "name another incident that is not closed", "vi": "hãy nêu một sự cố khác chưa đóng"},
    "name_leaving": {"en": "name the one signal that leaves", "vi": "hãy nêu đúng một tín hiệu cần tách"},
    "name_signals": {"en": "name signals of this incident", "vi": "hãy nêu các tín hiệu của sự cố này"},
    "no_command": {
        "en": "there is no command {command!r}; use {known}",
        "vi": "không có lệnh {command!r}; hãy dùng {known}",
    },
    "no_handover": {"en": "there is no hand-over {id}", "vi": "không có bản bàn giao {id}"},
    "no_incident": {"en": "there is no incident {id}", "vi": "không có sự cố {id}"},
    "no_signal": {"en": "there is no signal {id}", "vi": "không có tín hiệu {id}"},
    "no_signals": {"en": "{incident} has no signals", "vi": "{incident} không có tín hiệu nào"},
    "no_such_overrule": {"en": "is none of its overrules", "vi": "không phải lần sửa nào của sự cố này"},
    "no_version": {"en": "there is no version {version} yet", "vi": "chưa có phiên bản {version}"},
    "not_a_step": {
        "en": "is not a step of this incident's checklist",
        "vi": "không phải bước trong danh mục của sự cố này",
    },
    "not_resolved": {"en": "only a resolved incident can be reopened", "vi": "chỉ mở lại được sự cố đã khắc phục"},
    "resolved_already": {"en": "the incident is resolved already", "vi": "sự cố đã khắc phục rồi"},
    "not_shelved": {"en": "the incident is not shelved", "vi": "sự cố không ở trạng thái tạm gác"},
    "not_ticked": {"en": "is not ticked", "vi": "chưa được đánh dấu"},
    "note_empty": {"en": "the note is empty", "vi": "ghi chú trống"},
    "nothing_back": {
        "en": "nothing goes back: they belong where they are without it now",
        "vi": "không có gì trở lại: nay chúng thuộc về chỗ đang ở mà không cần nó",
    },
    "nothing_to_undo": {"en": "there is nothing to undo", "vi": "không có gì để hoàn tác"},
    "one_at_a_time": {
        "en": "{command} is for one incident at a time",
        "vi": "lệnh {command} chỉ dùng cho từng sự cố một",
    },
    "overrule_gone": {"en": "{id} is not known any more", "vi": "không còn biết {id}"},
    "root_stays": {
        "en": "the root stays; name those that do not belong to it",
        "vi": "tín hiệu gốc ở lại; hãy nêu những tín hiệu không thuộc về nó",
    },
    "say_until": {"en": "say until when, at most a week ahead", "vi": "hãy nêu đến khi nào, tối đa một tuần tới"},
    "say_whom": {"en": "say to whom", "vi": "hãy nêu giao cho ai"},
    "say_why": {"en": "say why", "vi": "hãy nêu lý do"},
    "severity_judged": {"en": "the severity is the judged one already", "vi": "mức độ đã là mức do hệ thống đánh giá"},
    "taken_apart": {
        "en": "they were taken apart ({said}); undo that first",
        "vi": "chúng đã bị tách ra ({said}); hãy hoàn tác việc đó trước",
    },
    "ticked_already": {"en": "{by} has ticked it already", "vi": "{by} đã đánh dấu bước này rồi"},
    "together_keeps": {
        "en": "what people brought together keeps them here",
        "vi": "những gì con người đã gộp giữ chúng ở lại đây",
    },
    "too_long": {"en": "longer than {most} characters", "vi": "dài hơn {most} ký tự"},
    "too_many_standing": {
        "en": "more than {most} incidents stood then; ask as a user of one agency",
        "vi": "lúc đó có hơn {most} sự cố; hãy hỏi với tài khoản của một cơ quan",
    },
}
