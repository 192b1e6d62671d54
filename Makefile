# Every target does its own set-up: Python 3.11 or newer with pip, and a package index, are enough.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo/report.html
PYTHON ?= python3.11 python3 python
FUZZ_SECONDS ?= 120

# The Python that made the environment lends it its pip, so that neither ensurepip nor a second pip is needed.
HOST = "$$(cat $(VENV)/.host-python)"
# Bytecode is written when a module is first imported, not for the whole of every package.
INSTALL = $(HOST) -m pip --disable-pip-version-check --python $(BIN)/python install --quiet --no-compile

.PHONY: help demo test test-quick lint types docs nightly bench bench-lab calibrate skill strategies pictures fuzz \
        score-reading lock clean chromium

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.base  ## read the example document and write its report to build/demo/
	@mkdir -p $(dir $(DEMO))
	$(BIN)/counterflow assess examples/border-strategy.md --out $(DEMO)
	@echo "The report is $(CURDIR)/$(DEMO)"

test: $(VENV)/.dev chromium  ## the whole suite, browser included
	$(BIN)/pytest -m "not slow" -n 2 --dist loadfile --durations=10

test-quick: $(VENV)/.dev  ## unit tests and properties only
	$(BIN)/pytest -m "not slow and not browser and not whole" tests/unit tests/properties

lint: $(VENV)/.dev  ## style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## static types of the package
	$(BIN)/mypy

docs: $(VENV)/.dev  ## the documentation as a site in build/docs/, its notebook run; a warning fails
	$(BIN)/sphinx-build -W --keep-going -q -b html docs build/docs

nightly: $(VENV)/.dev chromium  ## longer checks: slow tests, fifty times the property examples, benchmarks
	$(BIN)/pytest -m slow --hypothesis-profile=nightly --timeout=3600 || [ $$? -eq 5 ]  # 5: none collected
	$(BIN)/pytest tests/properties --hypothesis-profile=nightly --timeout=3600
	$(BIN)/python scripts/benchmark.py
	$(MAKE) bench
	$(BIN)/python scripts/benchmark_evidence.py
	$(BIN)/python scripts/benchmark_reading.py
	$(MAKE) score-reading
	$(MAKE) fuzz

bench: $(VENV)/.dev build/ema/.ready  ## ensembles against other engines, stored, in several processes, and 100,000 runs
	$(BIN)/python scripts/benchmark_ensembles.py --workbench build/ema/bin/python --write docs/benchmarks.md

bench-lab: $(VENV)/.dev  ## how long the lab takes to answer a slider, over HTTP
	$(BIN)/python scripts/bench_lab.py

calibrate: $(VENV)/.dev  ## fit the posteriors that ship with the package anew, and compare them with those that it has
	$(BIN)/python scripts/build_posteriors.py

skill: $(VENV)/.dev  ## forecast from every past month and write docs/skill.md, the blend's weights and what bands held
	$(BIN)/python scripts/build_skill_page.py

strategies: $(VENV)/.dev  ## compare the built-in strategies with the example's and write docs/strategies.md
	$(BIN)/python scripts/build_strategies_page.py

pictures: $(VENV)/.dev chromium  ## the documentation's pictures of report and lab, in docs/pictures/
	$(BIN)/python scripts/build_pictures.py

fuzz: $(VENV)/.dev  ## try what reads documents with inputs that seek new paths through it; FUZZ_SECONDS for each part
	$(BIN)/python tests/fuzz/run.py $(FUZZ_SECONDS)

score-reading: $(VENV)/.dev  ## how well documents are read, on documents with known actions and claims
	$(BIN)/python scripts/score_reading.py --unrelated

lock: $(VENV)/.host-python  ## pin the newest versions that pyproject.toml allows, in constraints.txt
	rm -rf build/lock && mkdir -p build/lock
	$(HOST) -m venv --without-pip build/lock/venv
	$(subst $(BIN),build/lock/venv/bin,$(INSTALL)) -e '.[dev]'
	$(HOST) -m pip --python build/lock/venv/bin/python freeze --exclude-editable > build/lock/constraints.txt
	@if grep -E '@|://' build/lock/constraints.txt; then echo "A pin names a place, not a version." >&2; exit 1; fi
	mv build/lock/constraints.txt constraints.txt
	rm -rf build/lock

clean:  ## remove the environment and everything that was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.host-python:
	@for candidate in $(PYTHON); do \
	  if "$$candidate" -c 'import sys, pip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    if [ ! -x $(BIN)/python ]; then "$$candidate" -m venv --without-pip $(VENV) || exit 1; fi; \
	    "$$candidate" -c 'import sys; print(sys.executable)' > $@; exit; \
	  fi; \
	done; \
	echo "Counterflow needs Python 3.11 or newer with pip and venv; none of these is one: $(PYTHON)" >&2; \
	echo "Install one, or name yours: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; \
	exit 1

$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/.host-python
	$(INSTALL) -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/.host-python
	$(INSTALL) -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.base

# EMA Workbench is compared with, in an environment of its own: it brings a library under the GPL.
build/ema/.ready: | $(VENV)/.host-python
	@mkdir -p build
	$(HOST) -m venv --without-pip build/ema
	$(subst $(BIN),build/ema/bin,$(INSTALL)) 'ema_workbench>=2.5.3,<3'
	@touch $@

# Browser tests need a Chromium. Without one, and without the means to install it, they skip and say so.
chromium:
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  mkdir -p build; echo "Installing Chromium for the browser tests"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium; } > build/chromium.log 2>&1 </dev/null \
	    || echo "Chromium could not be installed (see build/chromium.log): the browser tests will skip" >&2; \
	fi
