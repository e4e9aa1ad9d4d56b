# Every target sets up what it needs in .venv, and does so again only when a lock file or pyproject.toml changes.
# ARGS="…" is handed on: make run ARGS=--help, make test ARGS="-k offers", make lock ARGS=--upgrade.

PYTHON ?= $(or $(shell command -v python3.11),python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help run test check fix wheel-test bench lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s%s\n", $$1, $$2 }' Makefile

run: .venv/.runtime ## Start Dibs with the settings in .env; without .env, the demo
	@if [ ! -f .env ]; then exec $(BIN)/dibs demo $(ARGS); fi; \
	dotenv="$(BIN)/dotenv --file .env --quote never"; \
	[ -n "$$SECRET_KEY" ] || [ -n "$$($$dotenv get SECRET_KEY)" ] || { \
		chmod 600 .env && \
		$$dotenv set SECRET_KEY "$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))')" >/dev/null && \
		echo "A new SECRET_KEY was written into .env. Keep a copy of it."; }; \
	exec $(BIN)/dibs run $(ARGS)

test: .venv/.dev ## Run the tests, on every core
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: .venv/.dev ## Lint, formatting, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fix: .venv/.dev ## Repair what lint and formatting can repair
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel-test: .venv/.runtime ## Build the wheel and try it in an empty environment
	tests/packaging/wheel.sh $(BIN)/python

bench: .venv/.dev ## Measure, and print one table
	$(BIN)/python -m benchmarks $(ARGS)

lock: .venv/.python ## Choose and pin the dependencies anew
	$(PIP) install uv
	$(COMPILE) $(ARGS) --group build --output-file requirements.lock
	$(COMPILE) $(ARGS) --group dev --constraint requirements.lock --output-file requirements-dev.lock

.venv/.python:
	@$(PYTHON) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Dibs needs Python 3.11 or newer with venv: apt-get install python3 python3-venv, or make PYTHON=/path/to/python" >&2; \
		exit 1; }
	@echo "Setting up .venv: about a minute, the first time"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.runtime: requirements.lock pyproject.toml | .venv/.python
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@
