# Sets everything up on a machine that has only Python 3.11 or newer, and runs the study and its checks.
# Every target is idempotent: what is up to date is left alone.

VENV := .venv
PY   := $(VENV)/bin/python
# The installer lives beside the environment it manages, so that a sync never removes it.
UV   := $(VENV)/installer/bin/uv
SYNC := UV_NO_PROGRESS=1 $(UV) pip sync --quiet --compile-bytecode --require-hashes --python $(PY)
CORES ?= all

.DEFAULT_GOAL := help
.PHONY: help study report test lint format docs-check unit contract benchmark \
        benchmark-quick lock clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

study: $(VENV)/study.stamp  ## set up .venv and run the embedded study into results/demo
	$(VENV)/bin/snakemake --cores $(CORES)

report: study  ## the embedded study's figures and tables with captions: report.zip
	$(VENV)/bin/snakemake --report report.zip

test: lint unit contract  ## every check: lint, unit tests, the small study end to end
	@echo "make test: all checks passed"

lint: $(VENV)/test.stamp  ## formatting, types and workflow lint
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/snakefmt --check Snakefile workflow/rules
	$(VENV)/bin/mypy
	$(VENV)/bin/snakemake --lint --quiet

format: $(VENV)/test.stamp  ## put code into the house's form
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(VENV)/bin/snakefmt Snakefile workflow/rules

docs-check: $(VENV)/test.stamp  ## what the texts name is there: links, files, columns, commands
	$(PY) -m pytest tests/unit/test_docs.py

unit: $(VENV)/test.stamp  ## the functions: seconds
	$(PY) -m pytest tests/unit -n 2

contract: $(VENV)/test.stamp  ## the workflow: small studies end to end, file by file
	$(PY) -m pytest tests/workflow

benchmark: $(VENV)/test.stamp  ## both kernels beside their peers: some minutes, 2 GB of disk
	$(PY) benchmarks/kmeans.py
	$(PY) benchmarks/average_session.py

benchmark-quick: $(VENV)/test.stamp  ## the same in two minutes; fails below half a target
	$(PY) benchmarks/kmeans.py --quick
	$(PY) benchmarks/average_session.py --quick

lock: $(UV)  ## recompile envs/*.txt and the conda environment from envs/*.in
	cd envs && for name in uv study test benchmark; do \
	  ../$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	    --generate-hashes --custom-compile-command 'make lock' $$name.in -o $$name.txt || exit 1; done
	python3 envs/conda.py

clean:  ## remove the environment and caches; results/ is never touched
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache

# The newest Python on the path that is new enough; pyenv shims that lead nowhere are passed over.
$(UV): envs/uv.txt
	@for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Creating $(VENV) with $$($$python --version)"; \
	    $$python -m venv --clear $(VENV) && \
	    $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
	      --target $(VENV)/installer -r envs/uv.txt && touch $(UV) && exit 0; \
	    echo "Could not set up $(VENV) with $$python: it needs its venv and pip modules" \
	      "(Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; \
	  fi; done; \
	echo "No Python 3.11 or newer was found on the PATH: install one, then run make again." >&2; exit 1

$(VENV)/study.stamp: envs/study.txt $(UV)
	$(SYNC) envs/study.txt
	@rm -f $(VENV)/test.stamp
	@touch $@

# The test environment holds the study's under the same pins, so it serves both.
$(VENV)/test.stamp: envs/test.txt envs/study.txt $(UV)
	$(SYNC) envs/test.txt
	@touch $(VENV)/study.stamp $@
