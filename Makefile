# Every command of this repository. Needs Python 3.11 or newer, git and the package registries; see `make help`.

PYTHON = python3
BIN = .venv/bin
# Tools that read the settings must not touch the data of the person who runs them.
HERE = RAPPORT_HOME=$(CURDIR)/.home
# Compiling everything at each start, where the environment asks for that, takes longer than most of what is started.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL = help
.PHONY: help setup demo serve dev test check lint bench lock messages docs clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  make %-9s %s\n", $$1, $$2 }'

setup: ## Install everything pinned into .venv (at once when nothing changed)
	@$(PYTHON) tools/setup.py

demo: setup ## Load the demonstration business and serve it (ARGS="--port 8001")
	@$(BIN)/rapport demo $(ARGS)

serve: setup ## Run the web server and the worker (ARGS="--host … --port …")
	@$(BIN)/rapport serve $(ARGS)

dev: setup ## Serve from the source with tracebacks, restarting at every change
	@$(BIN)/rapport serve --develop $(ARGS)

# Three processes keep two cores busy: much of what is tested waits for a browser, a database or another process.
test: ## Install what is missing and run all tests (ARGS="-k name")
	@$(PYTHON) tools/setup.py --for-tests
	@$(BIN)/pytest -n 3 --dist loadscope $(ARGS)

check: ## Everything the continuous integration checks, the tests at the end
	@$(PYTHON) tools/setup.py --for-tests
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test

lint: ## The checks of `make check` without the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(HERE) $(BIN)/mypy
	$(HERE) $(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint src
	$(HERE) $(BIN)/python -W ignore -m django makemigrations --check --dry-run --settings rapport.settings
	$(BIN)/python tools/locks.py
	@if [ -d tools/docs ] || [ -f tools/docs.py ]; then set -x; $(HERE) $(BIN)/python -m tools.docs --check; fi

bench: setup ## Measure everything against its limits in one run
	@$(BIN)/python -m bench $(ARGS)

lock: setup ## Write the lock files anew from pyproject.toml and package.json
	$(BIN)/python tools/locks.py --write

messages: setup ## Collect the texts to translate and compile the translations (ARGS="collect pt" begins one)
	$(BIN)/python tools/messages.py $(ARGS)

docs: setup ## Write the reference pages of docs/ anew
	$(HERE) $(BIN)/python -m tools.docs

clean: ## Remove what set-up and checks made (not your data)
	rm -rf .venv node_modules src/rapport/ui/static/vendor .home .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .import_linter_cache dist build test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
