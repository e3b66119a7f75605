# `make help` lists the targets. Everything runs from .venv; .tools holds the installer alone.
SHELL := /bin/bash
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UV := .tools/bin/uv
CATALOGS := $(wildcard deliberation/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGS:.po=.mo)

# Compiled modules are kept whatever this shell says: every start reads two thousand of them.
unexport PYTHONDONTWRITEBYTECODE

# The development settings: a secret made on this machine, mail on the console.
DEVELOPMENT = SECRET_KEY="$$(cat instance/secret-key)" MAIL_URL=$${MAIL_URL:-console:} PORT=$(PORT)

DEMO = DATABASE_URL=sqlite:///$(CURDIR)/instance/demo.sqlite3

.PHONY: help setup run demo test check format bench screenshots catalogs flask clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(VENV)/.development $(COMPILED) ## make the environment, with what tests and checks need
	@echo "Ready. 'make run' starts the server, 'make test' runs the tests."

run: $(VENV)/.runtime $(COMPILED) instance/secret-key ## start the server on http://127.0.0.1:8000 (PORT= changes it)
	@$(DEVELOPMENT) $(BIN)/python -m deliberation.serve

demo: $(VENV)/.runtime $(COMPILED) instance/secret-key instance/demo.sqlite3 ## start a server with a believable consultation, apart from your own data
	@$(DEVELOPMENT) $(DEMO) $(BIN)/python -m deliberation.serve

flask: $(VENV)/.runtime $(COMPILED) instance/secret-key ## run a command: make flask CMD="people invite me@example.org --facilitator SLUG"
	@$(DEVELOPMENT) $(BIN)/flask --app wsgi $(CMD)

test: $(VENV)/.development $(COMPILED) ## run the tests (PostgreSQL and Chromium are used where they are found)
	@$(BIN)/pytest -n auto --cov --cov-report=term:skip-covered

check: $(VENV)/.development $(COMPILED) ## what CI runs: format, lint, types, imports, migrations, catalogs, templates, tests
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test

.PHONY: lint
lint: $(VENV)/.development $(COMPILED) ## the checks without the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/python -m tests.architecture.catalogs --check
	$(BIN)/pytest -n 0 tests/architecture/test_migrations.py

format: $(VENV)/.development ## put the code in order
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

catalogs: $(VENV)/.development ## gather new sentences into the catalogs
	$(BIN)/python -m tests.architecture.catalogs --update

bench: $(VENV)/.development $(COMPILED) ## measure the server under load (about four minutes)
	@$(BIN)/python -m benchmarks.run

.PHONY: bench-analysis
bench-analysis: $(VENV)/.development ## measure the analysis (PARTS="speed groups" for some of it; all take an hour)
	@$(BIN)/python -m benchmarks.analyse $(PARTS)

screenshots: $(VENV)/.development $(COMPILED) ## take the pictures for README and review
	@$(BIN)/python -m tests.journeys.screenshots

clean: ## remove the environment; your data in instance/ stays
	rm -rf $(VENV) .tools .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './instance/*' -prune -exec rm -rf {} +

# ------------------------------------------------------------------ files

$(UV): requirements/installer.txt
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: python3 is older."; exit 1; }
	@python3 -c 'import ensurepip' 2>/dev/null || { echo "python3-venv is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@python3 -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	@touch $@

$(BIN)/python: $(UV)
	@test -x $@ || $(UV) venv --quiet --python python3 $(VENV)
	@touch $@

$(VENV)/.runtime: requirements/run.txt | $(BIN)/python
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/.development: requirements/dev.txt | $(BIN)/python
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/.runtime

%.mo: %.po | $(VENV)/.runtime
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@ --locale=$(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

instance/secret-key:
	@mkdir -p instance
	@umask 077 && python3 -c 'import secrets; print(secrets.token_hex(32))' > $@

instance/demo.sqlite3: | instance/secret-key $(VENV)/.runtime $(COMPILED)
	@$(DEVELOPMENT) $(DEMO) $(BIN)/flask --app wsgi db upgrade
	@$(DEVELOPMENT) $(DEMO) $(BIN)/flask --app wsgi demo load || { rm -f $@; exit 1; }

.PHONY: lock
lock: $(UV) ## choose the newest versions of what we depend on, with hashes
	$(UV) pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements/run.txt
	$(UV) pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate --python-version 3.11 --group dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt
	echo uv | $(UV) pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate --python-version 3.11 - -o requirements/installer.txt
