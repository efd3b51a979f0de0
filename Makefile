# The commands of the project; `make help` lists them. Everything sets up what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOC := $(BIN)/soc
PACKAGES := schemas city infra streams services
CONSOLE := services/console
CONSOLE_SOURCES := $(shell find $(CONSOLE) -type d \( -name node_modules -o -name dist -o -name test-results \) -prune -o -type f -print 2>/dev/null)
CONSOLE_BUILT := $(if $(wildcard $(CONSOLE)/package-lock.json),$(CONSOLE)/dist/index.html)
# uv tells of long downloads; the list of what it installed is left out
QUIETLY := 2>&1 | { grep -vE '^ *[-+~] |^(Resolved|Using|Audited) ' || true; }
.DEFAULT_GOAL := help

# What people read: SOC_LANGUAGE, else the first of these that is set, as for `soc` (infra/terminal.py)
LANGUAGE_HERE := $(or $(filter en vi,$(SOC_LANGUAGE)),$(LC_ALL),$(LC_MESSAGES),$(LANG))
ifneq ($(filter vi vi_% vi-% vi.% vi@%,$(LANGUAGE_HERE)),)
HELP := 2
SAY_PYTHON := Cần Python 3.11 trở lên; hãy đặt PYTHON=/đường/dẫn/tới/nó
SAY_NO_VENV := không tạo được môi trường Python; hãy cài mô-đun venv của nó
SAY_ENVIRONMENT := chuẩn bị: môi trường trong
SAY_PACKAGES := chuẩn bị: các gói, Java, PostgreSQL, Valkey và Node (khoảng 400 MB)
SAY_TOOLS := chuẩn bị: công cụ phát triển
SAY_CONSOLE_PACKAGES := chuẩn bị: các gói của bảng điều khiển
SAY_CONSOLE := chuẩn bị: dựng bảng điều khiển
SAY_NEVER := ở đây chưa từng chuẩn bị gì
else
HELP := 1
SAY_PYTHON := Python 3.11 or newer is needed; set PYTHON=/path/to/it
SAY_NO_VENV := cannot make environments; install its venv module
SAY_ENVIRONMENT := setup: environment in
SAY_PACKAGES := setup: packages, Java, PostgreSQL, Valkey and Node (about 400 MB)
SAY_TOOLS := setup: development tools
SAY_CONSOLE_PACKAGES := setup: packages of the console
SAY_CONSOLE := setup: building the console
SAY_NEVER := nothing was ever set up here
endif

.PHONY: help
help: ## list the commands | liệt kê các lệnh
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## ([^|]*[^| ]) \| (.*)/\t\$(HELP)/' | expand -t 14

$(VENV)/.runtime: requirements.lock pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "$(SAY_PYTHON)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(SAY_PYTHON)" >&2; exit 1; }
	@echo "$(SAY_ENVIRONMENT) $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON): $(SAY_NO_VENV)" >&2; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv
	@echo "$(SAY_PACKAGES)"
	@$(BIN)/uv pip install --python $(BIN)/python --no-progress --compile-bytecode --require-hashes -r requirements.lock $(QUIETLY)
	@$(BIN)/uv pip install --python $(BIN)/python -q --no-deps -e .
	@$(BIN)/python -m compileall -q -x node_modules $(PACKAGES)
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.lock
	@echo "$(SAY_TOOLS)"
	@$(BIN)/uv pip install --python $(BIN)/python --no-progress --compile-bytecode --require-hashes -r requirements-dev.lock $(QUIETLY)
	@touch $@

$(VENV)/.servers: $(VENV)/.runtime infra/embedded/jars.py infra/embedded/kafka.py
	@$(BIN)/python -m infra.embedded.jars
	@$(BIN)/python -m infra.embedded.rehearsal
	@touch $@

$(CONSOLE)/node_modules/.installed: $(CONSOLE)/package-lock.json | $(VENV)/.runtime
	@echo "$(SAY_CONSOLE_PACKAGES)"
	@cd $(CONSOLE) && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(CONSOLE)/dist/index.html: $(CONSOLE)/node_modules/.installed $(CONSOLE_SOURCES)
	@echo "$(SAY_CONSOLE)"
	@cd $(CONSOLE) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run build --silent -- --logLevel warn
	@touch $@

.PHONY: setup
setup: $(VENV)/.servers $(CONSOLE_BUILT) ## set up the environment, the servers and the console; starts nothing | chuẩn bị môi trường, máy chủ và bảng điều khiển; không khởi động gì

.PHONY: run
run: setup ## start everything and play the demo city; DETACH=1 returns once ready | khởi động mọi thứ và chạy thành phố mẫu; DETACH=1 kết thúc lệnh khi đã sẵn sàng
	@exec $(SOC) up $(if $(filter-out 0,$(DETACH)),--detach)

.PHONY: stop
stop: ## end what `make run` started, nothing else | dừng những gì `make run` đã khởi động, không gì khác
	@if test -x $(SOC); then exec $(SOC) down; else echo "$(SAY_NEVER)"; fi

.PHONY: lock
lock: $(VENV)/.runtime ## resolve the lock files anew from pyproject.toml | tính lại các tệp khóa phiên bản từ pyproject.toml
	@$(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock
	@$(BIN)/uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header -o requirements-dev.lock

.PHONY: check
check: $(VENV)/.development ## ruff, mypy, import contracts, contract tests | ruff, mypy, quy định import, kiểm thử quy ước
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy & $(BIN)/pytest -q tests/contract; tests=$$?; wait $$! && exit $$tests # each keeps one processor busy

.PHONY: test
test: $(VENV)/.development setup ## all tests that a fresh machine can run, on services of their own | mọi kiểm thử chạy được trên máy mới, với dịch vụ riêng
	@$(BIN)/pytest -q -n 2 --dist loadgroup

.PHONY: scenarios
scenarios: $(VENV)/.development setup ## the scenarios, in virtual time and on the running stack | các kịch bản, theo thời gian ảo và trên hệ thống thật
	@$(BIN)/pytest -q tests/scenarios

.PHONY: score
score: $(VENV)/.development setup ## correlation figures against the simulator's truth, also as JSON in .run/reports | chỉ số liên kết so với sự thật của bộ mô phỏng, cũng dạng JSON trong .run/reports
	@$(BIN)/python -m tests.score

.PHONY: bench
bench: $(VENV)/.development setup ## performance figures, also as JSON in .run/reports | chỉ số hiệu năng, cũng dạng JSON trong .run/reports
	@$(BIN)/python -m tests.bench

.PHONY: docs
docs: $(VENV)/.development ## write docs/generated and the console's units anew | ghi lại docs/generated và đơn vị của bảng điều khiển
	@$(BIN)/python -m tests.contract.generate

.PHONY: screenshots
screenshots: $(VENV)/.development setup ## pictures of the console into docs/images | chụp bảng điều khiển vào docs/images
	@$(BIN)/python -m tests.console.screenshots

.PHONY: snapshots
snapshots: $(VENV)/.development setup ## keep the console's look anew, to which tests compare it | lưu lại giao diện bảng điều khiển để kiểm thử so sánh
	@$(BIN)/python -m tests.console.snapshots

.PHONY: domain
domain: $(VENV)/.development ## scaffold a domain: make domain name=flood | tạo khung lĩnh vực: make domain name=flood
	@$(BIN)/python -m tests.scaffold domain "$(name)"

.PHONY: rule
rule: $(VENV)/.development ## scaffold a rule and its scenarios: make rule name=flooded_road | tạo khung quy tắc và kịch bản: make rule name=flooded_road
	@$(BIN)/python -m tests.scaffold rule "$(name)"
