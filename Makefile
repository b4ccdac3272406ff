# The two commands: `make site` builds the demo site into output/, `make test` runs the tests that a person waits for.
# Both make the virtual environment that they need; nothing has to be installed before.
PYTHON ?= python3
VENV   := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: site docs test test-slow test-all check messages checkers clean help
help:   ## what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/'

site: $(VENV)/installed  ## build the demo site into output/
	$(BIN)/site-gen build --offline
	@echo "Open output/index.html in a browser; search needs a server: $(BIN)/site-gen serve --open"

test: $(VENV)/installed-dev  ## run the tests but for slow ones and those in a browser
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m "not slow and not browser"

test-slow: $(VENV)/installed-dev  ## run the tests that `make test` leaves out
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m "slow or browser"

test-all: $(VENV)/installed-dev  ## run all tests, on more random examples; tell which share of the branches they took
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --hypothesis-profile ci --cov --cov-report=
	@echo "$$($(BIN)/coverage report --precision=1 --format=total) % of lines and branches were taken"

check: $(VENV)/installed-dev  ## style, types, the direction of imports, the house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/house_rules.py

messages: $(VENV)/installed-dev  ## bring the translations up to date; LANGUAGE=nl begins one
	$(BIN)/python tools/messages.py $(LANGUAGE)

docs: $(VENV)/installed-docs  ## build the documentation site into docs-site/; a link that leads nowhere is an error
	$(BIN)/zensical build --clean --strict
	@echo "Open docs-site/index.html in a browser."

checkers:  ## what some tests ask for a second opinion (needs npm, and Java to run); without it they are skipped
	npm install --prefix .ci --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel error

clean:  ## remove the virtual environment and what was built
	rm -rf $(VENV) .ci/node_modules output/* docs-site .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/installed: pyproject.toml constraints.txt
	@echo "Installing what the program needs into $(VENV)/; this takes a minute, in which pip prints nothing."
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -c constraints.txt --editable .
	touch $@

$(VENV)/installed-docs: $(VENV)/installed
	@echo "Installing Zensical, which builds the documentation."
	$(PIP) install -c constraints.txt --editable '.[docs]'
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "Installing what the tests and checks need; this takes a minute."
	$(PIP) install -c constraints.txt --editable '.[dev]'
	touch $@
