"""Assets, sensors, parks, indicators, files."""

TEXTS: dict[str, dict[str, str]] = {
    "letter_of_many": {
        "en": "stands for {number} letters that are not here; `soc dead-letters` shows and sends each of them",
        "vi": "dòng này thay cho {number} bản tin không có ở đây; `soc dead-letters` xem và gửi lại được từng bản tin",
    },
    "no_asset": {"en": "there is no asset {id}", "vi": "không có đối tượng {id}"},
    "no_city": {"en": "no city has been loaded yet", "vi": "chưa nạp thành phố nào"},
    "no_dead_letter": {
        "en": "there is no dead letter {topic}/{partition}/{offset}",
        "vi": "không có bản tin bị từ chối {topic}/{partition}/{offset}",
    },
    "letter_no_event": {
        "en": "the inbox takes CloudEvents, and this is none ({reason}): give as text the event to send instead",
        "vi": "hộp thư đến chỉ nhận CloudEvents, đây thì không phải ({reason}): hãy đưa sự kiện thay thế trong text",
    },
    "letter_reference": {
        "en": "an old record of reference data would undo what was edited since: edit it again instead",
        "vi": "bản ghi cũ của dữ liệu tham chiếu sẽ ghi đè những sửa đổi sau đó: hãy sửa lại trực tiếp",
    },
    "no_file": {"en": "there is no such file", "vi": "không có tệp này"},
    "no_indicator": {"en": "there is no indicator {id}", "vi": "không có chỉ số {id}"},
    "no_base_tiles": {
        "en": "SOC_BASE_TILES names no file: set it to a .pmtiles file that the API can read",
        "vi": "SOC_BASE_TILES không chỉ tới tệp nào: hãy đặt thành tệp .pmtiles mà API đọc được",
    },
    "no_map": {"en": "the city folder has no map.geojson", "vi": "thư mục thành phố không có map.geojson"},
    "no_park": {"en": "there is no park or plant {id}", "vi": "không có khu công nghiệp hay nhà máy {id}"},
    "no_sensor": {"en": "there is no sensor {id}", "vi": "không có cảm biến {id}"},
    "no_source": {"en": "there is no source {id}", "vi": "không có nguồn {id}"},
    "bbox_sides": {
        "en": "holds nothing: west before east, south before north, longitudes first, within -180 to 180 and -90 to 90",
        "vi": "không chứa gì: tây trước đông, nam trước bắc, kinh độ trước vĩ độ, trong -180 đến 180 và -90 đến 90",
    },
    "not_bbox": {"en": "is not west,south,east,north in degrees", "vi": "không phải tây,nam,đông,bắc tính bằng độ"},
    "not_comparable": {
        "en": "is no indicator of which low or high is better",
        "vi": "không phải chỉ số mà thấp hay cao là tốt hơn",
    },
    "nothing_here": {"en": "there is nothing here", "vi": "không có gì ở đây"},
    "only_beginning": {
        "en": "only the beginning of it was kept; send the original again, or give the whole as text",
        "vi": "chỉ lưu được phần đầu; hãy gửi lại bản gốc, hoặc đưa toàn bộ dưới dạng text",
    },
    "shift_beginnings": {
        "en": "names a beginning twice, or none",
        "vi": "nêu một giờ bắt đầu hai lần, hoặc không nêu giờ nào",
    },
    "since_until": {
        "en": "is not before until, or more than 31 days before it",
        "vi": "không trước until, hoặc trước hơn 31 ngày",
    },
    "too_many_values": {
        "en": "more than {most} values; ask for fewer assets, indicators or days",
        "vi": "hơn {most} giá trị; hãy hỏi ít đối tượng, chỉ số hoặc ngày hơn",
    },
    "year_outside": {"en": "is not within {first} … {last}", "vi": "không nằm trong {first} … {last}"},
    "registered_by_folder": {
        "en": "{id} is registered by the city folder; change it in its assets.geojson and import that",
        "vi": "{id} do thư mục thành phố đăng ký; hãy sửa trong assets.geojson của nó rồi nạp lại",
    },
    "not_adopted": {"en": "nobody has adopted {id}", "vi": "chưa ai tiếp nhận {id}"},
    "never_sent": {
        "en": "no sensor {id} has sent anything; GET /v1/sensors?registered=false lists those that did",
        "vi": "chưa có cảm biến {id} gửi dữ liệu; GET /v1/sensors?registered=false liệt kê những cảm biến có gửi",
    },
    "not_position": {"en": "is not lon,lat in degrees", "vi": "không phải kinh độ,vĩ độ tính bằng độ"},
    "not_sensor_id": {
        "en": "of a sensor may hold only A-Z a-z 0-9 - : . _ / (SenML names)",
        "vi": "của cảm biến chỉ được gồm A-Z a-z 0-9 - : . _ / (tên SenML)",
    },
    "name_needed": {
        "en": "is empty; people read it on the map and in the list, in their language",
        "vi": "còn trống; người xem đọc tên này trên bản đồ và trong danh sách, bằng ngôn ngữ của họ",
    },
    "kind_needed": {
        "en": 'is empty; it is "sensor", unless the sensor is a thing of the city itself, e.g. "air_station"',
        "vi": 'còn trống; là "sensor", trừ khi cảm biến tự nó là một đối tượng của thành phố, ví dụ "air_station"',
    },
    "observes_needed": {
        "en": "is empty; GET /v1/sensors/{{id}} lists the quantities that it reports",
        "vi": "còn trống; GET /v1/sensors/{{id}} liệt kê các đại lượng mà nó gửi",
    },
    "observes_no_quantity": {
        "en": '"{quantity}" is a quantity of no domain; GET /v1/domains lists them',
        "vi": '"{quantity}" không phải đại lượng của lĩnh vực nào; GET /v1/domains liệt kê các đại lượng',
    },
    "observes_twice": {"en": '"{quantity}" is there twice', "vi": '"{quantity}" có hai lần'},
    "measures_itself": {"en": "an asset cannot measure itself", "vi": "đối tượng không thể đo chính nó"},
    "no_asset_of_city": {
        "en": '"{id}" is no asset of this city; GET /v1/assets?q= finds them',
        "vi": '"{id}" không phải đối tượng của thành phố này; GET /v1/assets?q= tìm đối tượng',
    },
    "place_needed": {
        "en": "is needed, or else `position` and `zone`: an incident must have a place",
        "vi": "là bắt buộc, nếu không thì cần `position` và `zone`: sự cố phải có nơi xảy ra",
    },
    "zone_needed": {
        "en": "is needed where `measures` is not given; GET /v1/assets?kind=zone lists them",
        "vi": "là bắt buộc khi không có `measures`; GET /v1/assets?kind=zone liệt kê các khu vực",
    },
    "no_zone_of_city": {
        "en": '"{zone}" is no zone of this city; GET /v1/assets?kind=zone lists them',
        "vi": '"{zone}" không phải khu vực của thành phố này; GET /v1/assets?kind=zone liệt kê các khu vực',
    },
    "two_regions": {
        "en": 'a relation cannot join two regions: "{one}" is in region "{region}", "{other}" in "{elsewhere}"',
        "vi": 'quan hệ không thể nối hai vùng: "{one}" thuộc vùng "{region}", "{other}" thuộc "{elsewhere}"',
    },
}
