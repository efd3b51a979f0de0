"""City folders: files, lines, names that must agree, edges."""

TEXTS: dict[str, dict[str, str]] = {
    "asset_id_required": {
        "en": "is required: a text without spaces, at most 128 characters",
        "vi": "bắt buộc phải có: không có khoảng trắng, tối đa 128 ký tự",
    },
    "asset_not_in_folder": {
        "en": '"{id}" is no asset of this city',
        "vi": '"{id}" không phải đối tượng của thành phố này',
    },
    "at_byte": {"en": "byte {number}", "vi": "byte thứ {number}"},
    "at_line": {"en": "line {number}", "vi": "dòng {number}"},
    "below_0": {"en": "is below 0", "vi": "nhỏ hơn 0"},
    "belongs_into": {
        "en": "belongs into {domain}.toml: a part has quantities, kinds and conditions",
        "vi": "phải nằm trong {domain}.toml: tệp phần chỉ có quantities, kinds và conditions",
    },
    "brace_none_of": {"en": "{{{name}}} is none of {known}", "vi": "{{{name}}} không thuộc: {known}"},
    "brace_unknown": {
        "en": "{{{name}}} is none: there are no names here",
        "vi": "{{{name}}} không dùng được: ở đây không có tên nào",
    },
    "column_missing": {"en": "there is no {name}", "vi": "thiếu {name}"},
    "cycle": {"en": "a cycle: {path}", "vi": "vòng lặp: {path}"},
    "edge_none": {"en": "has none of {known}; it needs one", "vi": "không có mục nào trong {known}; cần đúng một"},
    "edge_several": {
        "en": "has {given} of {known}; it needs one",
        "vi": "có {given} trong {known}; chỉ được có một",
    },
    "file_larger": {"en": "is larger than {most} bytes", "vi": "lớn hơn {most} byte"},
    "file_missing": {"en": "is missing", "vi": "không có tệp này"},
    "file_unreadable": {"en": "cannot be read: {reason}", "vi": "không đọc được: {reason}"},
    "header_other": {"en": "the header is not {header}", "vi": "dòng tiêu đề không phải {header}"},
    "in_other_file": {
        "en": "is in another file of the domain {domain} too",
        "vi": "cũng có trong tệp khác của lĩnh vực {domain}",
    },
    "named_otherwise": {
        "en": 'is "{id}", but the file is named {name}.toml',
        "vi": 'là "{id}", nhưng tệp có tên {name}.toml',
    },
    "no_asset_of_figure": {"en": 'there is no asset "{id}"', "vi": 'không có đối tượng "{id}"'},
    "no_cause_or_effect": {
        "en": '"{name}" is no cause or effect of GTFS-Realtime',
        "vi": '"{name}" không phải nguyên nhân hay ảnh hưởng của GTFS-Realtime',
    },
    "no_clock": {"en": '"{clock}" is not live or events', "vi": '"{clock}" không phải live hay events'},
    "no_encoding": {
        "en": '"{encoding}" is no encoding that is known, as utf-8, utf-16 or cp1258',
        "vi": '"{encoding}" không phải bảng mã đã biết, như utf-8, utf-16 hay cp1258',
    },
    "no_folder": {"en": "is not a folder", "vi": "không phải thư mục"},
    "no_number_above_0": {"en": "is no number above 0", "vi": "không phải số lớn hơn 0"},
    "no_regex": {"en": "is no regular expression: {reason}", "vi": "không phải biểu thức chính quy: {reason}"},
    "no_rule_file": {"en": "holds no rule (*.toml)", "vi": "không có quy tắc nào (*.toml)"},
    "no_time_column": {"en": "there is no time, and none in name", "vi": "thiếu time, trong name cũng không có"},
    "no_time_zone": {
        "en": '"{zone}" is no time zone of the tz database',
        "vi": '"{zone}" không phải múi giờ trong cơ sở dữ liệu tz',
    },
    "not_agency_id": {
        "en": "is not of letters a to z, digits, _ and -, as that of an agency with a topic is",
        "vi": "chỉ được gồm chữ a đến z, chữ số, _ và -, vì cơ quan này có topic riêng",
    },
    "not_csv": {"en": "is not CSV: {reason}", "vi": "không phải CSV: {reason}"},
    "not_domain_id": {
        "en": "is not of letters a to z, digits, _ and -; it is the file's name",
        "vi": "chỉ được gồm chữ a đến z, chữ số, _ và -; mã này là tên tệp",
    },
    "not_edge_id": {"en": "is not of small letters, digits and -", "vi": "chỉ được gồm chữ thường, chữ số và -"},
    "not_feature": {"en": "is not a feature", "vi": "không phải feature"},
    "not_host_key": {
        "en": "is not the type of the key and the key, as `ssh-ed25519 AAAA…`",
        "vi": "không có dạng loại khóa rồi khóa, như `ssh-ed25519 AAAA…`",
    },
    "not_in_areas": {"en": "is not in areas", "vi": "không có trong areas"},
    "not_json_file": {"en": "is not JSON: {reason}", "vi": "không phải JSON: {reason}"},
    "not_list": {"en": "is not a list", "vi": "không phải danh sách"},
    "not_list_of": {"en": "is not a list; write [[{noun}s]]", "vi": "không phải danh sách; hãy viết [[{noun}s]]"},
    "not_opc": {"en": "is not an opc.tcp address", "vi": "không phải địa chỉ opc.tcp"},
    "not_table": {"en": "is not a table", "vi": "không phải bảng"},
    "not_toml": {"en": "is not TOML: {reason}", "vi": "không phải TOML: {reason}"},
    "not_type": {"en": 'is not "{type}"', "vi": 'không phải "{type}"'},
    "not_window": {"en": "is not from 1 to 65535", "vi": "không nằm trong khoảng 1 đến 65535"},
    "overlaps_row": {"en": "overlaps the row of {valid_from}", "vi": "chồng lên dòng của {valid_from}"},
    "overlaps_shipped": {
        "en": "overlaps the row of {valid_from} that ships; write that one here too, with its valid_to",
        "vi": "chồng lên dòng có sẵn của {valid_from}; hãy ghi cả dòng đó ở đây, kèm valid_to",
    },
    "part_of_no_domain": {
        "en": 'is a part of the domain "{domain}", which neither ships nor has a file {domain}.toml',
        "vi": 'là một phần của lĩnh vực "{domain}", nhưng không có sẵn lĩnh vực này và cũng không có tệp {domain}.toml',
    },
    "password_or_key": {
        "en": "or key is needed, and only one of them",
        "vi": "hoặc key là bắt buộc, và chỉ một trong hai",
    },
    "quantities_needed": {
        "en": "is empty; say which field is which quantity",
        "vi": "còn trống; hãy ghi trường nào là đại lượng nào",
    },
    "secret_name": {
        "en": "is the name of a secret, of capital letters, digits and _; the secret itself never stands here",
        "vi": "là tên của bí mật, gồm chữ hoa, chữ số và _; không bao giờ ghi chính bí mật ở đây",
    },
    "states_needed": {
        "en": "is empty; say which code means measuring",
        "vi": "còn trống; hãy ghi mã nào nghĩa là đang đo",
    },
    "told_otherwise": {
        "en": 'of "{id}" is "{own}" in {file} and "{other}" here',
        "vi": 'của "{id}" là "{own}" trong {file} nhưng là "{other}" ở đây',
    },
    "twice_first_in": {"en": "is there twice, first in {file}", "vi": "xuất hiện hai lần, lần đầu trong {file}"},
    "twice_first_line": {
        "en": "is there twice, first in line {line}",
        "vi": "xuất hiện hai lần, lần đầu ở dòng {line}",
    },
    "unit_of_figure": {
        "en": 'is "{unit}", but formulas take {key} in "{taken}"',
        "vi": 'là "{unit}", nhưng công thức dùng {key} theo "{taken}"',
    },
    "unit_of_shipped": {
        "en": 'is "{unit}", but "{shipped}" in the domain {domain} that ships',
        "vi": 'là "{unit}", nhưng là "{shipped}" trong lĩnh vực {domain} có sẵn',
    },
    "unknown_here": {"en": "is not a field that is known here", "vi": "không phải trường đã biết ở đây"},
    "vehicles_or_service": {
        "en": "or service is needed: nothing would be taken",
        "vi": "hoặc service là bắt buộc: nếu không thì chẳng nhận gì",
    },
}
