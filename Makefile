# `make demo` and `make test` each set up all they need; see README.md.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
LOCK    = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet

.PHONY: help install demo test check bench serve lock sbom clean
help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/matcher prepare
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.dev ## the virtual environment with everything, from the hash locks

demo: $(VENV)/.runtime ## a whole municipality planned overnight, explained in the terminal
	$(BIN)/matcher demo

test: $(VENV)/.dev ## all tests, with coverage
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal --cov --cov-report=
	@echo "Once more on PostgreSQL: what touches the database; SQLite had it above"
	MATCHER_TEST_DATABASE=postgresql $(BIN)/python -m pytest --numprocesses=auto --dist=worksteal tests/integration
	@echo "Once more as plain Python: what is compiled otherwise is measured here"
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest --cov --cov-append --cov-report= tests/properties/test_assignment_properties.py
	$(BIN)/coverage report --include='matcher/*,features/*' --fail-under=95

check: $(VENV)/.dev ## lint, types, import rules, security lint, Dockerfile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive matcher features fixtures service --configfile pyproject.toml
	$(BIN)/hadolint Dockerfile

bench: $(VENV)/.dev ## every figure of docs/benchmarks.md
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

serve: $(VENV)/.runtime ## the web service on http://127.0.0.1:8760
	$(BIN)/matcher serve

lock: $(VENV)/.dev ## renew both hash locks from pyproject.toml
	$(PIP) install --quiet uv
	$(LOCK) --upgrade --extra build --output-file requirements.lock
	$(LOCK) --extra build --extra dev --constraints requirements.lock --output-file requirements-dev.lock

sbom: $(VENV)/.dev ## every component that runs, with its version: build/sbom.json (CycloneDX)
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json

clean: ## remove the environment and what the demo wrote
	rm -rf $(VENV) build *.egg-info .coverage* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache demo.db
