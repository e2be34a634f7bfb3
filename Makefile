# Everything runs in a virtual environment that make creates; none needs to be active.
# PYTHON picks the interpreter that creates it: make test PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BENCH_VENV := .venv-bench
INSTALL := -m pip install -qq --disable-pip-version-check

.PHONY: help demo test check proof bench clean
.DELETE_ON_ERROR:

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/installed  ## protect real photos, print the table, write demo-output/
	@$(VENV)/bin/unseen demo -o demo-output

test: check  ## lint, types and the quick tests
	@$(VENV)/bin/python -m pytest

check: $(VENV)/installed  ## lint and types only
	@$(VENV)/bin/ruff check --quiet
	@$(VENV)/bin/ruff format --quiet --check || { echo "layout differs: run $(VENV)/bin/ruff format"; exit 1; }
	@$(VENV)/bin/mypy

proof: $(VENV)/installed  ## the slow tests, and the wheel in an environment of its own
	@$(VENV)/bin/python -m pytest -m proof || [ $$? -eq 5 ]  # 5: no test is marked
	@.ci/wheel-check $(VENV)/bin/python

bench: $(BENCH_VENV)/installed  ## speed and transfer beside the peers; takes about three hours
	@$(BENCH_VENV)/bin/python benchmarks/crs_vs_peers.py
	@$(BENCH_VENV)/bin/python benchmarks/deepfool_vs_peers.py --peers foolbox 'torchattacks, ten classes'
	@$(BENCH_VENV)/bin/python benchmarks/transfer.py -o bench-output/transfer

clean:  ## remove what make has made
	rm -rf $(VENV) $(BENCH_VENV) demo-output bench-output build dist src/*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/installed: pyproject.toml constraints.txt
	@echo "Setting up $(VENV); the first time takes some minutes ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "unseen needs Python 3.11 or newer: make PYTHON=...")'
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python $(INSTALL) -c constraints.txt -e '.[demo,dev]'
	@touch $@

BENCH_CONSTRAINTS := $(wildcard benchmarks/constraints.txt)

$(BENCH_VENV)/installed: benchmarks/requirements.txt $(BENCH_CONSTRAINTS)
	@echo "Setting up $(BENCH_VENV); the first time takes some minutes ..."
	@$(PYTHON) -m venv $(BENCH_VENV)
	@$(BENCH_VENV)/bin/python $(INSTALL) $(BENCH_CONSTRAINTS:%=-c %) -r benchmarks/requirements.txt
	@touch $@
