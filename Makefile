# Two commands: `make serve` runs the help center, `make test` proves it. `make help` lists the others.
#
# Variables: HOST, PORT (serve), ARGS (test: what pytest gets), PYTHON (venv: which Python to use), UV (lock),
# and every HELPCENTER_* setting of docs/configuration.md.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=
UV ?= uv

.PHONY: help
help:  ## Show the commands.
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 16

.PHONY: serve
serve: venv  ## Publish articles/ and serve the help center on http://127.0.0.1:8000 (HOST=, PORT=).
	@if [ -z "$${HELPCENTER_SECRET_KEY:-}$${HELPCENTER_SETTINGS_FILE:-}" ]; then
		data="$${HELPCENTER_DATA:-var}"
		key="$$data/secret-key"
		if [ ! -s "$$key" ]; then
			mkdir -p -m 700 "$$data" && (umask 077; $(BIN)/python -c 'import secrets; print(secrets.token_hex(32))' > "$$key") ||
				{ echo "The data folder $$data cannot be written. Name another one: HELPCENTER_DATA=… make serve" >&2; exit 1; }
			echo "Made a secret key in $$key."
		fi
		HELPCENTER_SECRET_KEY="$$(cat "$$key")"
		export HELPCENTER_SECRET_KEY
	fi
	exec $(BIN)/helpcenter serve --host "$(HOST)" --port "$(PORT)"

.PHONY: test
test: $(VENV)/.testing chromium  ## Run the whole suite, a real browser and the installed wheel included (ARGS="tests/web -k vote").
	@$(BIN)/ruff check --quiet
	exec $(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

.PHONY: lint
lint: $(VENV)/.testing  ## Look for mistakes that a reader need not look for.
	@exec $(BIN)/ruff check

.PHONY: venv
venv: $(VENV)/.installed  ## Make .venv with the locked packages and the `helpcenter` command.

$(VENV)/.installed: requirements.lock setup.cfg pyproject.toml
	@PYTHON="$(PYTHON)" .ci/make-venv $(VENV) requirements.lock
	touch $@

# What only tests, linting and the writing of docs need: three times as much as the program itself.
$(VENV)/.testing: $(VENV)/.installed requirements-test.lock
	@PYTHON="$(PYTHON)" .ci/make-venv $(VENV) requirements-test.lock
	touch $@

.PHONY: chromium
chromium:  ## Install Chromium, which the browser tests drive, if it is missing.
	@exec .ci/need-chromium

.PHONY: lock
lock:  ## Write both locks anew from setup.cfg (needs uv: pip install uv).
	@command -v "$(UV)" > /dev/null || { echo "uv is missing: pip install uv, or name it with UV=…" >&2; exit 1; }
	compile() { $(UV) pip compile setup.cfg --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-header --no-emit-index-url --no-emit-find-links --quiet "$$@"; }
	compile --extra postgresql --extra checkout -o requirements.lock
	compile --extra postgresql --extra checkout --extra test --constraint requirements.lock -o requirements-test.lock

.PHONY: messages
messages: venv  ## Bring the catalogues up to date with the texts in templates and code.
	@exec $(BIN)/python -m helpcenter.language.drafting

.PHONY: docs
docs: $(VENV)/.testing  ## Write the parts of docs/ that the program itself knows.
	@exec $(BIN)/python -m tests.documented
