"""What comes over edges and from topics: files of stations, MQTT, GTFS-Realtime, Modbus, OPC UA, records."""

TEXTS: dict[str, dict[str, str]] = {
    "letters_left_out": {
        "en": "{number} more in this hour, neither listed nor sent again here; Kafka keeps them 30 days in {topic}",
        "vi": "còn {number} bản tin trong giờ này, không liệt kê và gửi lại ở đây được; "
        "Kafka giữ 30 ngày trong {topic}",
    },
    "about_nothing": {"en": "is about nothing", "vi": "không nói về đối tượng nào"},
    "and_more": {"en": "{said} (and {more} more)", "vi": "{said} (và {more} lỗi nữa)"},
    "clock_unset": {
        "en": "its time is before July 1978: the clock of who sent it is not set",
        "vi": "thời gian trước tháng 7/1978: đồng hồ bên gửi chưa được đặt",
    },
    "column_lengths": {
        "en": "the columns of a pack are of equal length",
        "vi": "các cột của một gói phải dài bằng nhau",
    },
    "columns": {"en": "has {given} columns, not {wanted}", "vi": "có {given} cột, cần {wanted}"},
    "database_refuses": {"en": "PostgreSQL refuses it: {reason}", "vi": "PostgreSQL không nhận: {reason}"},
    "decimal": {
        "en": "{given!r} has not {wanted!r} as its decimal separator",
        "vi": "{given!r} không dùng {wanted!r} làm dấu thập phân",
    },
    "failed_with": {"en": "{kind}: {reason}", "vi": "lỗi {kind}: {reason}"},
    "file_name": {
        "en": "the file name {name!r} is not of the form that the layout says",
        "vi": "tên tệp {name!r} không đúng dạng mà bố cục quy định",
    },
    "file_too_large": {"en": "has {size} bytes; the limit is {limit}", "vi": "có {size} byte; giới hạn là {limit}"},
    "has_none_of": {"en": "has none of {known}", "vi": "không có trường nào trong: {known}"},
    "level_form": {
        "en": "the level {level!r} is neither text nor one name in braces",
        "vi": "cấp {level!r} không phải văn bản cũng không phải một tên trong ngoặc nhọn",
    },
    "months_of_pack": {
        "en": "the readings of one pack are of more than {most} months",
        "vi": "số đo của một gói thuộc hơn {most} tháng",
    },
    "name_form": {"en": "a name is not <sensor id>/<quantity>", "vi": "có tên không ở dạng <mã cảm biến>/<đại lượng>"},
    "name_twice": {"en": "is empty or has a name twice", "vi": "rỗng hoặc có một tên hai lần"},
    "no_feed": {
        "en": "is not a FeedMessage of GTFS-Realtime",
        "vi": "không phải FeedMessage của GTFS-Realtime",
    },
    "no_filling": {
        "en": "there is no {name!r} to fill {template!r}",
        "vi": "không có {name!r} để điền vào {template!r}",
    },
    "no_line": {"en": "holds no line", "vi": "không có dòng nào"},
    "no_parameter": {
        "en": "{given!r} is no parameter that the layout knows",
        "vi": "{given!r} không phải thông số có trong bố cục",
    },
    "no_state": {
        "en": "{given!r} is no state that the layout knows",
        "vi": "{given!r} không phải trạng thái có trong bố cục",
    },
    "no_unit_known": {
        "en": "{given!r} is no unit that the layout knows",
        "vi": "{given!r} không phải đơn vị có trong bố cục",
    },
    "not_encoding": {"en": "is not {encoding}", "vi": "không phải {encoding}"},
    "not_letter": {"en": "not a dead letter: {reason}", "vi": "không phải bản tin bị từ chối: {reason}"},
    "number_but": {"en": "is no number but {kind}", "vi": "không phải số mà là {kind}"},
    "register_refused": {"en": "{register} was refused: {answer}", "vi": "{register} bị từ chối: {answer}"},
    "server_says": {"en": "the server says {status}", "vi": "máy chủ báo {status}"},
    "text_not_number": {"en": "{given!r} is not a number", "vi": "{given!r} không phải số"},
    "time_outside": {"en": "a time is outside 1970 … 2200", "vi": "có thời điểm ngoài khoảng 1970 … 2200"},
    "value_outside": {"en": "a value is beyond ±{most:g}", "vi": "có giá trị vượt quá ±{most:g}"},
}
