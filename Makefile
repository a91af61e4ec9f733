# `make demo` and `make test` each set up all they need; see README.md.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
# One process more than processors: tests wait for programs, browsers and databases.
PYTEST  = $(BIN)/python -m pytest --numprocesses=$(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))') --dist=worksteal
# With extras: what is asked for as name[extra] and locked as name alone is looked for anew, in a version without a hash here.
LOCK    = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-emit-index-url --no-emit-find-links --quiet

.PHONY: help install demo test check types style bench serve messages screenshots vendor lock sbom clean chromium windowless
help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

# pip compiles in one process, and packages' own tests too: all processors do it afterwards, without those.
LOCKED  = $(PIP) install --quiet --no-compile --require-hashes -r
COMPILE = $(BIN)/python -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib || true

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(LOCKED) requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/.prepared: $(VENV)/.runtime
	$(BIN)/matcher prepare
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(LOCKED) requirements-dev.lock
	@$(COMPILE)
	@touch $@

install: $(VENV)/.dev $(VENV)/.prepared ## the virtual environment with everything, from the hash locks

demo: $(VENV)/.prepared ## a whole municipality planned overnight, explained in the terminal
	$(BIN)/matcher demo

# Debian's browser is installed where none is; elsewhere what needs it fails and says what to install.
SUDO    = $$(test "$$(id -u)" = 0 || echo sudo)
INSTALL = DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -qq --yes --no-install-recommends
BROWSER = command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
NOTHING = echo "No Chromium and no way to install it here: what needs it will fail"

chromium:
	@$(BROWSER) || { echo "Installing Chromium, to look at the pages" && \
	  $(SUDO) apt-get update -qq && $(INSTALL) chromium chromium-l10n; } || $(NOTHING)

# Tests do without its windows: a quarter less work. A browser that is here is left as it is: one package renews the other.
windowless:
	@command -v chromium-headless-shell >/dev/null || $(BROWSER) || { echo "Installing Chromium, to test the pages" && \
	  $(SUDO) apt-get update -qq && { $(INSTALL) chromium-headless-shell || $(INSTALL) chromium chromium-l10n; }; } || $(NOTHING)

# Told what to leave out, and not what to take, the process that hands the tests to the others loads nothing of them.
FOLDERS = $(filter-out __pycache__,$(notdir $(patsubst %/,%,$(wildcard tests/*/))))
only    = $(addprefix --ignore=tests/,$(filter-out $(1),$(FOLDERS)))

test: export PYTHONDONTWRITEBYTECODE =
test: install windowless ## all tests, with coverage
	@echo "What needs no database: measures how much of matcher and features the unit tests run"
	$(PYTEST) --cov --cov-report= $(call only,unit golden)
	@echo "What is compiled otherwise, once more as plain Python: it is measured here"
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest --cov --cov-append --cov-report= tests/properties/test_assignment_properties.py
	$(BIN)/coverage report --fail-under=95
	@echo "Properties and gold cases, whose measuring would take more than twice the time, and the service on SQLite"
	$(PYTEST) --ignore=tests/unit --ignore=tests/golden --ignore=tests/browser
	@echo "Its pages in a browser, by themselves: the browser's driver keeps a process's event loop"
	$(PYTEST) $(call only,browser)
	@echo "The service once more, on PostgreSQL"
	MATCHER_TEST_DATABASE=postgresql $(PYTEST) $(call only,integration)

check: types style ## lint, types, import rules, security lint, Dockerfile

types: $(VENV)/.dev
	$(BIN)/mypy

style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive matcher features fixtures service --configfile pyproject.toml
	$(BIN)/hadolint Dockerfile

bench: install ## every figure of docs/benchmarks.md
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

serve: $(VENV)/.prepared ## the web service on http://127.0.0.1:8760
	$(BIN)/matcher serve

messages: $(VENV)/.dev ## the pages' texts and their English: what is new, and what has no English yet
	$(BIN)/python -m tools.messages

screenshots: $(VENV)/.dev chromium ## pictures of every page into docs/screenshots
	$(BIN)/python -m tools.screenshots

vendor: $(VENV)/.dev ## renew what the pages serve of the public design system and htmx (needs npm)
	$(BIN)/python tools/vendor.py

lock: $(VENV)/.dev ## renew the hash locks from pyproject.toml
	$(PIP) install --quiet uv
	$(LOCK) --upgrade --extra build --output-file requirements.lock
	$(LOCK) --extra build --extra dev --extra traces --constraints requirements.lock --output-file requirements-dev.lock
	$(LOCK) --extra build --extra traces --constraints requirements.lock --output-file requirements-traces.lock

sbom: $(VENV)/.dev ## every component that runs, with its version: build/sbom.json (CycloneDX)
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json

clean: ## remove the environment and what the demo wrote
	rm -rf $(VENV) build *.egg-info .coverage* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache demo.db
