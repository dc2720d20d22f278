# Two commands: `make serve` runs the help center, `make test` proves it.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: venv
venv: $(VENV)/.installed

$(VENV)/.installed: requirements.lock setup.cfg pyproject.toml
	@echo "Making $(VENV) and installing the locked packages …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@
