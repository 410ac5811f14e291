# Everything that the README promises. Needs Python 3.11 or newer and make, and nothing else.
PYTHON ?= python3
ENV := .venv
BIN := $(ENV)/bin
RUN_STAMP := $(ENV)/.requirements
DEV_STAMP := $(ENV)/.requirements-dev

.PHONY: run demo test check venv bench lock clean

run: $(RUN_STAMP) ## Serve the centre; an empty one is told how to begin.
	@$(BIN)/python app.py

demo: $(RUN_STAMP) ## Serve an invented centre to look round in.
	@$(BIN)/python app.py --demo

# The browser journeys are few and long, so they come first: at the end they would keep one core waiting.
test: $(DEV_STAMP) ## Run every test.
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check: $(DEV_STAMP) ## Look at format, lint and types.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: $(DEV_STAMP) ## Measure each page against two reference pages of the same run. Needs wrk.
	@$(BIN)/python -m bench.report

venv: $(RUN_STAMP)

$(ENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This needs Python 3.11 or newer. Try: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(ENV)

$(RUN_STAMP): requirements.txt $(ENV)/pyvenv.cfg
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

lock: ## Pin anew what pyproject.toml names, with the hashes of every file. Needs uv.
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url -o requirements.txt pyproject.toml
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url --group dev -c requirements.txt -o requirements-dev.txt pyproject.toml

clean:
	rm -rf $(ENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
