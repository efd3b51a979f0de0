"""Rules, conditions, limits, figures and procedures that people edit."""

TEXTS: dict[str, dict[str, str]] = {
    "above_0_of_limit": {"en": "is above 0, and belongs to `limit`", "vi": "lớn hơn 0 và đi với `limit`"},
    "above_delay_max": {"en": "is above delay_max", "vi": "lớn hơn delay_max"},
    "already_has_procedure": {
        "en": '"{kind}" has the procedure "{other}" already; override it by its id',
        "vi": '"{kind}" đã có quy trình "{other}"; hãy ghi đè quy trình đó theo id',
    },
    "already_there": {"en": "is there already", "vi": "đã có rồi"},
    "begins_with_no_domain": {
        "en": '"{id}" begins with no domain: <domain>.<name>',
        "vi": '"{id}" không bắt đầu bằng lĩnh vực nào: <lĩnh vực>.<tên>',
    },
    "belongs_at_least": {
        "en": "belongs to the mode at_least, which needs it",
        "vi": "đi với chế độ at_least, và chế độ này cần nó",
    },
    "belongs_to_limit": {
        "en": "belongs to `limit`, or to a `deviation` above 0",
        "vi": "đi với `limit`, hoặc với `deviation` lớn hơn 0",
    },
    "belongs_to_tests": {
        "en": "belongs to `above`, `below`, `limit` and `deviation`",
        "vi": "đi với `above`, `below`, `limit` và `deviation`",
    },
    "belongs_with": {"en": "belongs to `{other}`", "vi": "đi với `{other}`"},
    "beside_agency": {
        "en": "is given beside agency; a step is for one of them",
        "vi": "được nêu cùng với agency; một bước chỉ dành cho một trong hai",
    },
    "between_others": {
        "en": "stands between others, which only a sequence has in order",
        "vi": "nằm giữa các phần khác, chỉ chuỗi thứ tự (sequence) mới có trước sau",
    },
    "both_languages": {"en": "is needed in both languages", "vi": "cần có ở cả hai ngôn ngữ"},
    "changed_since": {"en": "{id} has been changed since; read it again", "vi": "{id} đã thay đổi từ đó; hãy đọc lại"},
    "clear_above": {"en": "lies above the limit of `above`", "vi": "nằm trên giới hạn của `above`"},
    "clear_below": {"en": "lies below the limit of `below`", "vi": "nằm dưới giới hạn của `below`"},
    "clear_deviation": {"en": "is more than `deviation`", "vi": "lớn hơn `deviation`"},
    "clear_factor_above": {
        "en": "is a factor of the limit: above 1 it ends while it still breaks",
        "vi": "là hệ số của giới hạn: lớn hơn 1 thì kết thúc khi vẫn còn vượt",
    },
    "clear_factor_below": {
        "en": 'is a factor of the limit: with `side = "below"` under 1 it ends while it still breaks',
        "vi": 'là hệ số của giới hạn: với `side = "below"`, nhỏ hơn 1 thì kết thúc khi vẫn còn vi phạm',
    },
    "condition_exists": {"en": "there is a condition {id} already", "vi": "đã có điều kiện {id}"},
    "condition_of_other": {
        "en": "is a condition of the domain {domain}; give this one another id",
        "vi": "là điều kiện của lĩnh vực {domain}; hãy đặt mã khác cho điều kiện này",
    },
    "condition_unedited": {"en": "nobody has edited the condition {id}", "vi": "chưa ai sửa điều kiện {id}"},
    "counted_in_sequence": {
        "en": "of a part that is counted belongs to a sequence",
        "vi": "của một phần được đếm thì đi với chuỗi thứ tự (sequence)",
    },
    "counted_only": {
        "en": "only parts that are neither not nor cited are counted",
        "vi": "chỉ đếm những phần không phải not cũng không phải cited",
    },
    "deviation_of_nothing": {
        "en": "is 0: every reading would break it",
        "vi": "bằng 0: mọi số đo đều vi phạm",
    },
    "duration_negative": {"en": "a duration cannot be negative", "vi": "khoảng thời gian không thể âm"},
    "empty": {"en": "is empty", "vi": "trống"},
    "exactly_one": {"en": "exactly one of {known} is required", "vi": "cần đúng một trong: {known}"},
    "figure_id": {"en": "the id of this figure is {id}", "vi": "mã của số liệu này là {id}"},
    "function_without": {
        "en": 'is required: "{function}" is that of a window',
        "vi": 'bắt buộc phải có: "{function}" là của một cửa sổ thời gian',
    },
    "holds_then": {"en": "{id} holds at the same time", "vi": "{id} có hiệu lực cùng thời gian"},
    "hops_negative": {"en": "is below 0", "vi": "nhỏ hơn 0"},
    "in_two_parts": {
        "en": '"{kind}" stands in two parts, which only a sequence tells apart',
        "vi": '"{kind}" nằm trong hai phần, chỉ chuỗi thứ tự (sequence) mới phân biệt được',
    },
    "lead_outside": {"en": "is a lead of more than 0, at most 1", "vi": "là khoảng cách điểm lớn hơn 0, tối đa 1"},
    "limit_id": {"en": "the id of this limit is {id}", "vi": "mã của giới hạn này là {id}"},
    "limit_in_unit": {
        "en": 'is in "{unit}", but what is compared with it, {quantity}, in "{own}"; write the value in that',
        "vi": 'tính bằng "{unit}", nhưng {quantity} được so với nó tính bằng "{own}"; hãy ghi giá trị theo đơn vị đó',
    },
    "metres_beyond": {
        "en": "is not between 0 and {farthest:.0f} m",
        "vi": "không nằm giữa 0 và {farthest:.0f} m",
    },
    "metres_required": {
        "en": "is required: what moves is near in metres",
        "vi": "bắt buộc phải có: vật di chuyển được xét gần xa theo mét",
    },
    "no_condition": {"en": "there is no condition {id}", "vi": "không có điều kiện {id}"},
    "no_limit_table": {"en": 'no limit table has "{limit}"', "vi": 'không bảng giới hạn nào có "{limit}"'},
    "no_rule_or_condition": {
        "en": "there is no rule or condition {name}",
        "vi": "không có quy tắc hay điều kiện {name}",
    },
    "no_senml_unit": {
        "en": "{unit!r} is not a SenML unit known here",
        "vi": "{unit!r} không phải đơn vị SenML đã biết",
    },
    "no_side": {"en": '"{side}" is not above or below', "vi": '"{side}" không phải above hay below'},
    "no_unit": {
        "en": "{unit!r} is no unit: at most {longest} characters, `1` for a mere number",
        "vi": "{unit!r} không phải đơn vị: tối đa {longest} ký tự, `1` cho số thuần túy",
    },
    "not_0_to_1": {"en": "is not between 0 and 1", "vi": "không nằm giữa 0 và 1"},
    "not_1_to_1000": {"en": "is not between 1 and 1000", "vi": "không nằm giữa 1 và 1000"},
    "not_50000_m": {"en": "is not between 0 and 50000 m", "vi": "không nằm giữa 0 và 50000 m"},
    "not_above_0": {"en": "is not above 0", "vi": "không lớn hơn 0"},
    "not_above_0_to_1": {"en": "is not above 0 and at most 1", "vi": "không lớn hơn 0 và tối đa 1"},
    "not_after_valid_from": {"en": "is not after valid_from", "vi": "không sau valid_from"},
    "not_and_cited": {"en": "a part is not both not and cited", "vi": "một phần không thể vừa là not vừa là cited"},
    "not_below_max": {"en": "is not below max", "vi": "không nhỏ hơn max"},
    "not_min_or_1": {"en": "is below min, or below 1", "vi": "nhỏ hơn min, hoặc nhỏ hơn 1"},
    "not_one_of": {"en": "is not one of {known}", "vi": "không thuộc: {known}"},
    "not_path_id": {"en": "is not the id in the path", "vi": "không phải mã trong đường dẫn"},
    "not_small": {"en": "is not of small letters, digits and _", "vi": "chỉ được gồm chữ thường, chữ số và _"},
    "not_twice": {"en": "is not at least twice `copied_for`", "vi": "chưa bằng ít nhất hai lần `copied_for`"},
    "not_within_days": {
        "en": "is more than {days:.0f} days either way",
        "vi": "vượt quá {days:.0f} ngày về một phía",
    },
    "nothing_among": {
        "en": "there is nothing called {id} among the {name}",
        "vi": "không có gì mang mã {id} trong {name}",
    },
    "one_of_three": {
        "en": "exactly one of cause, same and pattern is required",
        "vi": "cần đúng một trong cause, same và pattern",
    },
    "overlaps": {
        "en": "overlaps the row of {valid_from}; end the earlier one first (valid_to)",
        "vi": "chồng lên dòng của {valid_from}; hãy kết thúc dòng trước (valid_to)",
    },
    "part_required": {
        "en": "at least one part that is neither not nor cited is required",
        "vi": "cần ít nhất một phần không phải not cũng không phải cited",
    },
    "parts_outside": {
        "en": "is not between 1 and {number}, the number of parts that count",
        "vi": "không nằm giữa 1 và {number}, số phần được đếm",
    },
    "quantity_of_no_domain": {
        "en": '"{quantity}" is a quantity of no domain',
        "vi": 'đại lượng "{quantity}" không thuộc lĩnh vực nào',
    },
    "quoted_none_of": {"en": '"{value}" is not one of {known}', "vi": '"{value}" không thuộc: {known}'},
    "seconds_outside": {"en": "is not between 0 and {longest:.0f} s", "vi": "không nằm giữa 0 và {longest:.0f} giây"},
    "seconds_outside_within": {
        "en": "is not between within_s and {longest:.0f} s",
        "vi": "không nằm giữa within_s và {longest:.0f} giây",
    },
    "signal_kind_of_no_domain": {
        "en": '"{kind}" is a signal kind of no domain',
        "vi": 'loại tín hiệu "{kind}" không thuộc lĩnh vực nào',
    },
    "spread_required": {
        "en": "is required of a figure that is spread over its time",
        "vi": "bắt buộc với số liệu trải theo thời gian",
    },
    "steps_differ": {
        "en": "has not as many steps as `procedure`, which has {number}",
        "vi": "không có số bước bằng `procedure`, vốn có {number} bước",
    },
    "time_negative": {"en": "a time cannot be negative", "vi": "thời gian không thể âm"},
    "twice": {"en": "is there twice", "vi": "xuất hiện hai lần"},
    "two_hours": {
        "en": "are two different hours of a day, 0 to 24",
        "vi": "là hai giờ khác nhau trong ngày, từ 0 đến 24",
    },
    "still_named": {
        "en": "{by} names what would be gone; change that or take it back first",
        "vi": "{by} còn dùng đến mục sẽ mất; hãy sửa hoặc thu hồi bản sửa đó trước",
    },
    "unedited": {"en": "nobody has edited {id} among the {name}", "vi": "chưa ai sửa {id} trong {name}"},
    "unit_kept": {
        "en": 'is "{unit}", but the readings that are kept are in "{kept}"',
        "vi": 'là "{unit}", nhưng các số đo đang lưu tính bằng "{kept}"',
    },
}
