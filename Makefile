# Everything starts here; besides make it needs Python 3.11 or newer with venv, nothing else.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do command -v $$p >/dev/null && \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Templates count: the build takes in the icons that they name.
SOURCES := pyproject.toml hatch_build.py $(shell find rapport -name '*.html' -o -name '*.po') \
	$(shell find frontend -type f -not -path '*/node_modules/*' -not -name '*.pyc')
TESTS ?= rapport tests

.DEFAULT_GOAL := help
.PHONY: help run test tests bench check audit upgrade baseline fmt messages map clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/installed ## start Rapport (DEMO=1 with a sample company, PORT=8001 on another port)
	@$(BIN)/rapport run $(if $(DEMO),--demo) $(if $(PORT),--port $(PORT))

test: $(VENV)/tools $(VENV)/browser ## everything that must hold: style, types, floors, migrations, tests
	@$(MAKE) --no-print-directory -j 2 check tests

# Tests wait a good deal, for browsers and for processes that start: three of them keep two cores busy, and types are
# checked meanwhile.
tests: $(VENV)/tools $(VENV)/browser
	@$(BIN)/pytest -n 3 --dist worksteal $(TESTS)

check: $(VENV)/tools ## what needs no database: style, types, floors, missing migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy rapport
	@$(BIN)/lint-imports
	@$(BIN)/python -W ignore -m django makemigrations --check --dry-run --settings rapport.settings

# Tools of their own: semgrep wants other versions of what our tests use, and installing it takes a minute.
audit: $(VENV)/audit/installed ## look for what attackers look for: bandit, and semgrep with our own rules
	@$(VENV)/audit/bin/bandit -q -c pyproject.toml -r rapport -x '*/test_*.py,*/conftest.py,*/testing.py'
	@$(VENV)/audit/bin/semgrep scan --metrics=off --disable-version-check --quiet --error --config tools/semgrep.yml rapport

$(VENV)/audit/installed: | $(BIN)/python
	@echo "Installing bandit and semgrep into $(VENV)/audit …"
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install -q --disable-pip-version-check 'bandit>=1.8' 'semgrep>=1.100'
	@touch $@

bench: $(VENV)/tools ## how fast it is, beside the bare SQL of the same pages
	@$(BIN)/python -m bench

upgrade: $(VENV)/tools ## an installation of the last release (FROM=a commit: of that), with data, becomes one of this version
	@$(BIN)/python tools/upgrade.py $(FROM)

baseline: $(VENV)/tools ## write rapport/baseline.sql anew: what all migrations make of an empty database
	@$(BIN)/python -W ignore tools/baseline.py

fmt: $(VENV)/tools ## format the code
	@$(BIN)/ruff check --fix -q . || true
	@$(BIN)/ruff format -q .

messages: $(VENV)/tools ## collect the texts for translation
	@$(BIN)/python tools/messages.py

map: $(VENV)/tools ## write docs/map.md
	@$(BIN)/python tools/map.py

clean: ## remove what was built (never the data folder)
	@rm -rf $(VENV) build dist rapport/ui/static/dist frontend/node_modules

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Rapport needs Python 3.11 or newer; none was found."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python's venv is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

# A stamp is newer than what it was made from, so nothing is installed twice.
$(VENV)/installed: $(SOURCES) | $(BIN)/python
	@echo "Installing Rapport into $(VENV); the first time this takes a minute or two …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/tools: $(SOURCES) | $(BIN)/python
	@echo "Installing Rapport and its test tools into $(VENV); the first time this takes a minute or two …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/browser: $(VENV)/tools
	@sh .ci/browser $(BIN)
	@touch $@
