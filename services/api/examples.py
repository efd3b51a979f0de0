"""Examples in the OpenAPI document: one outage of the demo city."""

INCIDENT = {
    "id": "inc-5d1f0c7a90b1e2f3a4c5",
    "version": 3,
    "state": "open",
    "severity": "major",
    "title": "Power outage at feeder 471 Thủ Dầu Một",
    "title_vi": "Mất điện tại lộ 471 Thủ Dầu Một",
    "kind": "power.outage",
    "domain": "power",
    "area": "thu-dau-mot",
    "zones": ["phu-hoa"],
    "agencies": ["power", "transport"],
    "position": [106.67, 10.98],
    "signal_count": 3,
    "active_count": 3,
    "root_signal": "sig-0a1b2c3d4e5f60718293",
    "root_asset": "feeder-471",
    "suspected": False,
    "opened_at": "2026-01-31T01:00:00Z",
    "updated_at": "2026-01-31T01:00:21Z",
    "resolved_at": None,
    "merged_into": None,
    "follows": None,
    "assignee": None,
    "acknowledged_by": None,
    "settled_at": "2026-01-31T01:00:36Z",
    "candidates": [],
    "acknowledgements": [],
    "override": None,
    "shelved": None,
    "acknowledge_due": {"at": "2026-01-31T01:05:36Z", "level": 0},
    "resolve_due": {"at": "2026-01-31T05:00:36Z", "level": 0},
    "steps": 6,
    "steps_done": 1,
    "overrules": [],
    "suppressed": None,
    "suppressed_count": 0,
    "flapping": False,
    "flaps": [],
}
ADOPTION = {
    "name": "Gauge at the Thị Tính bridge",
    "name_vi": "Trạm cầu Thị Tính",
    "observes": ["stage_m"],
    "measures": "reach-thi-tinh-03",
    "position": [106.585, 11.145],
}
COMMANDS = {
    "acknowledge": {"command": "acknowledge", "version": 3},
    "assign": {"command": "assign", "version": 3, "assignee": "tổ 7"},
    "note": {
        "command": "note",
        "version": 3,
        "note": "Đã gọi điện lực, dự kiến 30 phút",
        "attachment": "https://files.example.org/471.jpg",
    },
    "severity": {"command": "severity", "version": 3, "severity": "critical", "note": "bệnh viện mất điện"},
    "tick": {"command": "tick", "version": 3, "step": "power_outage/dispatcher", "note": "có điện lúc 8:40"},
    "shelve": {"command": "shelve", "version": 3, "until": "2026-01-31T05:00:00Z", "note": "chờ vật tư"},
    "merge": {"command": "merge", "version": 3, "incident": "inc-9c8b7a6f5e4d3c2b1a00", "note": "cùng một sự cố"},
    "split": {"command": "split", "version": 3, "signals": ["sig-1f2e3d4c5b6a79880011"], "note": "tủ đèn khác"},
    "undo": {"command": "undo", "version": 4},
    "reopen": {"command": "reopen", "version": 5, "note": "hai nút vẫn tối"},
}
TOGETHER = {
    "command": "acknowledge",
    "incidents": [{"id": INCIDENT["id"], "version": 3}, {"id": "inc-0", "version": 1}],
}
UNKNOWN = {"title": "Not Found", "status": 404, "detail": "there is no incident inc-0", "type": "about:blank"}
RESULTS = {
    "results": [
        {"id": INCIDENT["id"], "status": 200, "incident": INCIDENT},
        {"id": "inc-0", "status": 404, "problem": UNKNOWN},
    ]
}
BY_HAND = {"category": "crash", "lon": 106.67, "lat": 10.98, "text": "Va chạm hai xe tải trước cổng KCN VSIP"}
LOGIN = {"user": "operator", "password": "…"}
SCREEN_LOGIN = {"key": "…"}
ENDPOINTS = {
    "webhook": {
        "url": "https://agency.example.org/hook",
        "description": "duty desk",
        "filters": {"severity": ["critical", "major"], "kinds": ["opened", "merged", "resolved"]},
    },
    "email": {"form": "email", "to": ["duty", "head@agency.example.org"], "description": "mail to people on duty"},
    "message": {
        "form": "message",
        "url": "https://gateway.example.org/send",
        "template": {"to": "{phone}", "content": "{text}"},
        "authorization": "Bearer 0123456789",
    },
}
LIMIT = {
    "key": "pm25_24h",
    "value": 50.0,
    "unit": "ug/m3",
    "averaging_s": 86400.0,
    "valid_from": "2026-01-01",
    "legal_ref": "QCVN 05:2023/BTNMT",
}
PROCEDURE = {
    "id": "signal_dark",
    "title": "Traffic signal dark",
    "title_vi": "Đèn tín hiệu tắt",
    "kinds": ["traffic.signal_dark"],
    "steps": [
        {
            "id": "police",
            "text": "Send traffic police to the junction",
            "text_vi": "Cử CSGT đến nút giao",
            "agency": "police",
            "due_minutes": 10,
        }
    ],
}
CHECKLIST = {
    "incident": INCIDENT["id"],
    "version": 3,
    "steps": 6,
    "steps_done": 1,
    "sheets": [
        {
            "id": "power_outage",
            "version": 1,
            "title": "Power outage",
            "title_vi": "Mất điện",
            "at": "2026-01-31T01:00:21Z",
            "steps": [
                {
                    "key": "power_outage/dispatcher",
                    "text": "Call the power dispatcher: cause, extent, expected time of restoration",
                    "text_vi": "Gọi điều độ điện lực: nguyên nhân, phạm vi, dự kiến có điện lại",
                    "agency": "power",
                    "role": None,
                    "due_at": "2026-01-31T01:05:21Z",
                    "link": None,
                    "done": {"by": "lan", "at": "2026-01-31T01:02:40Z", "note": "có điện lúc 8:40"},
                }
            ],
        }
    ],
}
DUTY = {
    "name": "Nguyễn Thị Lan",
    "agency": "power",
    "email": "lan@power.example.org",
    "phone": "+84901234567",
    "level": 1,
    "starts_at": "2026-02-02T22:00:00+07:00",
    "ends_at": "2026-02-03T06:00:00+07:00",
    "repeats": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
}
SILENCE_WISH = {
    "match": {"kind": ["power.outage"], "asset": ["feeder-471"]},
    "to": "2026-01-31T05:00:00Z",
    "reason": "Thử máy cắt đầu tuyến",
}
SILENCE = {
    "id": "sil-0f1e2d3c4b5a69788796",
    "state": "active",
    "from": "2026-01-31T01:10:00Z",
    "to": "2026-01-31T05:00:00Z",
    "match": {"kind": ["power.outage"], "asset": ["feeder-471"], "near_m": 100.0},
    "effects": ["*"],
    "owner": "lan",
    "reason": "Thử máy cắt đầu tuyến",
    "agency": None,
    "created_by": "lan",
    "created_at": "2026-01-31T01:10:00Z",
    "ending": False,
    "suppressing": 3,
    "suppressed": 3,
}
WORKS_WISH = {
    "kind": "roadworks",
    "from": "2026-01-31T15:00:00Z",
    "to": "2026-01-31T22:00:00Z",
    "assets": ["seg-ql13-012"],
    "expected_effects": ["traffic.slow"],
    "reason": "Sửa mặt đường QL13",
}
WORKS = {
    **WORKS_WISH,
    "id": "works-0f1e2d3c4b5a69788796",
    "state": "pending",
    "geometry": None,
    "owner": "lan",
    "agency": None,
    "created_by": "lan",
    "created_at": "2026-01-31T01:10:00Z",
    "ending": False,
    "suppressing": 0,
    "suppressed": 0,
}
HANDOVER = {
    "id": 12,
    "agency": None,
    "by": "lan",
    "at": "2026-01-31T07:00:00Z",
    "notes": "Lộ 471 đang chờ vật tư, điện lực hẹn 9 giờ",
    "accepted_by": "minh",
    "accepted_at": "2026-01-31T07:06:12Z",
    "accepted_note": "đã nhận",
    "snapshot": {
        "open": [
            {
                "id": INCIDENT["id"],
                "version": 3,
                "title": INCIDENT["title"],
                "title_vi": INCIDENT["title_vi"],
                "kind": "power.outage",
                "severity": "major",
                "state": "in_progress",
                "opened_at": "2026-01-31T01:00:00Z",
                "assignee": "tổ 7",
                "acknowledged_by": "lan",
                "agencies": ["power", "transport"],
                "acknowledge_due": None,
                "resolve_due": {"at": "2026-01-31T05:00:36Z", "level": 1},
                "shelved": None,
                "suppressed": None,
                "steps": 6,
                "steps_done": 4,
                "next_steps": [
                    {
                        "key": "power_outage/tell",
                        "text": "Tell the wards concerned and the 1022 line the extent and the expected time",
                        "text_vi": "Thông báo phạm vi và giờ dự kiến có điện cho UBND phường, xã liên quan",
                        "agency": "wards",
                        "role": None,
                        "due_at": "2026-01-31T01:20:21Z",
                    }
                ],
            }
        ],
        "shelved": [],
        "silences": [],
        "works": [],
    },
}
