# Interlock's habits. `make` alone lists them; ARGS="…" is passed on, PYTHON=… names another Python.
PYTHON ?= python3
ARGS ?=
VENV := .venv/bin
ON_POSTGRES := tests/access tests/admin tests/api tests/approvals tests/dedupe tests/designer tests/distributed/test_roster.py tests/effects \
	tests/failures tests/ingress tests/limits tests/lists tests/live tests/mapping tests/payloads tests/releases tests/retention tests/runs tests/polling tests/schedules \
	tests/tasks tests/vault
ON_PARTITIONS := tests/effects tests/failures tests/lists tests/runs tests/retention/test_sweep.py

.DEFAULT_GOAL := help
.PHONY: help setup demo start check test bench chaos e2e screenshots lock clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: ## Install what running needs, and build the frontend
	@$(PYTHON) deploy/setup.py

demo: setup ## Start everything with a sandbox company (ARGS=--once: carry one deal, then stop)
	@$(VENV)/python manage.py demo $(ARGS)

start: setup ## Start Interlock itself, without the sandbox
	@$(VENV)/python manage.py start $(ARGS)

check: ## Formats, lints, types, contracts and the quick tests (under 3 minutes)
	@$(PYTHON) deploy/setup.py --dev
	@deploy/check
	@$(VENV)/pytest -q -n 2 --dist worksteal -m "not processes and not thorough" $(ARGS)

test: ## Everything: check, every test on both databases, a real browser (under 15 minutes)
	@$(PYTHON) deploy/setup.py --dev --e2e
	@deploy/check
	@$(VENV)/python deploy/with_postgres.py $(VENV)/pytest -q -n 2 --dist worksteal -m "not processes and not thorough" $(ON_POSTGRES)
	@$(VENV)/python deploy/with_postgres.py $(VENV)/pytest -q tests/scale
	@TEST_PARTITIONED=1 $(VENV)/python deploy/with_postgres.py $(VENV)/pytest -q -n 2 --dist worksteal $(ON_PARTITIONS)
	@deploy/e2e
	@TEST_BROWSER=$(CURDIR)/deploy/chromium $(VENV)/pytest -q -n 2 --dist worksteal $(ARGS)

bench: ## How fast and how big it is, on SQLite and PostgreSQL (ARGS="--quick --json": under 3 minutes)
	@$(PYTHON) deploy/setup.py --dev
	@$(VENV)/python -m tests.bench $(ARGS)

chaos: ## Won deals carried under fire, on SQLite and PostgreSQL with Redis (ARGS="--long --json")
	@$(PYTHON) deploy/setup.py --dev
	@$(VENV)/python -m tests.chaos $(ARGS)

e2e: ## The browser tests alone, against a product started for them
	@$(PYTHON) deploy/setup.py --dev --e2e
	@deploy/e2e $(ARGS)

screenshots: ## The pictures in docs/screenshots, taken anew from a running product
	@$(PYTHON) deploy/setup.py --dev --e2e
	@E2E_PICTURES=$(CURDIR)/docs/screenshots deploy/e2e $(ARGS)

lock: ## Write the Python locks anew (ARGS=--upgrade: newest versions)
	@$(PYTHON) deploy/setup.py --dev
	@$(VENV)/python deploy/lock.py $(ARGS)

clean: ## Remove what was installed, built and cached; data (var/) stays
	@rm -rf .venv frontend/node_modules frontend/dist frontend/e2e/node_modules .mypy_cache .ruff_cache .pytest_cache
