# The commands of this project. Each one sets up what it needs; tools/setup.py has the details.
PYTHON ?= python3
VENV := .venv/bin/python
SETUP = $(PYTHON) tools/setup.py
TESTS ?= tests
JOBS ?= 2

.PHONY: help run classroom test lint fix bench mutate environment python

help:
	@echo "make run         start the dashboard on this machine (PORT=8501)"
	@echo "make classroom   start it for everyone on this network (PORT=8501)"
	@echo "make test        run all tests, real browser included (TESTS=tests/core to choose, JOBS=2 at a time)"
	@echo "make lint        formatting, lint and types;  make fix mends what can be mended"
	@echo "make bench       measure the performance goals"
	@echo "make mutate      try small wrong changes that a test should notice (MODULES=core NUMBER=40 SEED=1)"

run: python
	@exec $(SETUP) run $(if $(PORT),--port $(PORT)) $(FLAGS)

classroom: python
	@exec $(SETUP) classroom $(if $(PORT),--port $(PORT)) $(FLAGS)

test: environment
	@$(SETUP) browser
	@$(VENV) -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder \
	  --durations 15 --durations-min 5 $(TESTS)

lint: environment
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m mypy

fix: environment
	$(VENV) -m ruff check --fix .
	$(VENV) -m ruff format .

bench: environment
	@$(SETUP) browser
	@$(VENV) -m benchmarks

mutate: environment
	@$(VENV) -m tools.mutate $(MODULES) $(if $(NUMBER),--number $(NUMBER)) $(if $(SEED),--seed $(SEED)) $(FLAGS)

environment: python
	@$(SETUP) environment

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  if [ $(PYTHON) = python3 ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3 python3-venv; \
	  else echo "There is no $(PYTHON) here. Install Python 3.11 or newer (Debian: sudo apt install python3 python3-venv)," \
	    "or name one: make run PYTHON=/path/to/python3" >&2; exit 1; fi; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Layerscope needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
	    "Name another one: make run PYTHON=python3.12" >&2; exit 1; }
