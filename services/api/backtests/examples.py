"""Examples of backtests in the OpenAPI document."""

from services.api.examples import LIMIT

RULE = {
    "id": "outage_darkens",
    "title": "Signals are dark without power",
    "title_vi": "Mất điện làm tắt đèn tín hiệu",
    "runbook": "",
    "runbook_vi": "",
    "cause": {
        "causes": ["power.outage"],
        "effects": ["traffic.signal_dark"],
        "along": [{"relation": "feeds", "min": 1, "max": 8}, {"relation": "controls", "min": 0, "max": 1}],
        "delay_max": 600.0,
    },
}
CONDITION = {
    "id": "traffic.slow_speed",
    "kind": "traffic.slow",
    "severity": "minor",
    "quantity": "speed_kmh",
    "name": "Mean speed below 12 km/h",
    "name_vi": "Tốc độ trung bình dưới 12 km/h",
    "below": 12.0,
    "clear": 20.0,
    "for": 60.0,
}
PROPOSALS = {
    "rule": {"rules": [RULE], "from": "2026-01-31T00:00:00Z", "to": "2026-02-01T00:00:00Z"},
    "without": {"without": ["smoke_spoils_air"]},
    "condition": {"conditions": [CONDITION]},
    "limit": {"limits": [LIMIT]},
}
BACKTEST = {
    "id": "bt-5d1f0c7a90b1e2f3a4c5",
    "state": "queued",
    "progress": 0.0,
    "step": "",
    "by": "admin",
    "created_at": "2026-02-01T08:00:00Z",
    "proposal": PROPOSALS["without"],
    "findings": None,
    "error": None,
}
