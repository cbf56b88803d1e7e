# Two commands: `make run` starts the tracker, `make test` checks it. Only Python 3.11 or later and make are needed.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
# One more than two cores have hands for: tests often wait for a server, a browser or a program they started.
TEST_WORKERS ?= 3
BIN := .venv/bin
export PORT
unexport PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET

.PHONY: help run install install-dev test check format demo-reset bench lock clean

help:
	@echo "make run         start the tracker with a demonstration caseload (PORT, DATABASE_URL, CELERY_BROKER_URL)"
	@echo "make test        check the code and run the tests"
	@echo "make install     make .venv with the casetracker command in it, and nothing else"
	@echo "make demo-reset  put the demonstration database aside under another name and make a fresh one"
	@echo "make bench       measure pages and jobs at 1,000, 100,000 and 1,000,000 cases"
	@echo "make format      put the code in the house layout"
	@echo "make lock        renew requirements.txt and requirements-dev.txt"
	@echo "make clean       remove .venv and what the tools made; data in var/ stays"

run: install
	@exec $(BIN)/casetracker run

# A stamp holds what was installed and where: it is done again when a lock changes or the folder has moved.
install:
	@$(call installed,requirements.txt,.venv/installed,about a minute the first time)

install-dev:
	@$(call installed,requirements-dev.txt,.venv/installed-dev,a minute or two the first time)

define installed
want="$$(cat $(1) pyproject.toml Makefile | cksum) $(CURDIR)"; \
if [ "$$(cat $(2) 2>/dev/null)" = "$$want" ] && $(BIN)/python -c '' 2>/dev/null; then exit 0; fi; \
chosen=""; \
for candidate in "$(PYTHON)" python3 python3.13 python3.12 python3.11; do \
	if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then chosen="$$candidate"; break; fi; \
done; \
if [ -z "$$chosen" ]; then \
	echo "casetracker needs Python 3.11 or later, and $(PYTHON) is $$("$(PYTHON)" -V 2>&1 | head -n 1): install one, or name it with make PYTHON=/path/to/python3.11" >&2; exit 1; \
fi; \
if ! "$$chosen" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	echo "This Python cannot make environments: install its venv module (on Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; \
fi; \
if [ -f .venv/home ] && [ "$$(cat .venv/home)" != "$(CURDIR)" ]; then rm -rf .venv; fi; \
if ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	echo "Making the environment .venv with $$("$$chosen" -V 2>&1) ..."; \
	rm -rf .venv; \
	"$$chosen" -m venv .venv || { rm -rf .venv; exit 1; }; \
	echo "$(CURDIR)" > .venv/home; \
fi; \
rm -f $(2); \
echo "Installing what $(1) lists, each file checked against its hash: $(3) ..."; \
$(BIN)/python -m pip install -qq --disable-pip-version-check --prefer-binary --require-hashes -r $(1) || exit 1; \
echo "Installing the casetracker command ..."; \
$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . || exit 1; \
echo "$$want" > $(2)
endef

test: install-dev check
	$(BIN)/python -m pytest -n $(TEST_WORKERS) $(PYTEST_ARGS)

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

demo-reset: install
	@$(BIN)/casetracker demo reset

bench: install-dev
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

# uv only writes the locks here; nothing else needs it. Hashes and no addresses, for every supported Python and machine.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade
lock: install
	$(BIN)/python -m pip install -qq --disable-pip-version-check uv
	$(BIN)/$(LOCK) pyproject.toml --group build -o requirements.txt
	$(BIN)/$(LOCK) pyproject.toml --group build --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
