# Sets everything up on a machine that has only Python 3.11 or newer, and runs the study and its checks.
# Every target is idempotent: what is up to date is left alone.

VENV := .venv
PY   := $(VENV)/bin/python
# The installer lives beside the environment it manages, so that a sync never removes it.
UV   := $(VENV)/installer/bin/uv
SYNC := UV_NO_PROGRESS=1 $(UV) pip sync --quiet --compile-bytecode --require-hashes --python $(PY)
CORES ?= all
# What the benchmarks compare with is no part of the study, and has an environment of its own.
PEERS := .venv-benchmark
# So have the tests against real servers: with a scheduler's plugin installed, every call of Snakemake
# asks that scheduler something.
SERVERS := .venv-integration
FIGURES := results/benchmarks

.DEFAULT_GOAL := help
.PHONY: help study cluster preflight report verify test lint format docs docs-check unit contract integration fuzz \
        benchmark benchmark-quick benchmark-study benchmark-claims benchmark-scaling benchmark-docs \
        lock clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

study: $(VENV)/study.stamp  ## set up .venv and run the embedded study into results/demo
	$(VENV)/bin/snakemake --cores $(CORES)
	@$(PY) workflow/scripts/tell.py results/demo

cluster: $(VENV)/cluster.stamp  ## set up .venv for a cluster's login node: the study and the schedulers' plugins

CONFIG ?=
preflight: $(VENV)/study.stamp  ## all that is wrong with a study, before it is run: CONFIG="config/nsd.yaml my-nsd.yaml"
	$(PY) workflow/scripts/preflight.py $(CONFIG)

report: study  ## the embedded study's figures and tables with captions: report.zip
	$(VENV)/bin/snakemake --report report.zip

verify: $(VENV)/study.stamp  ## hold every result against its schema, its digest and what it comes of; CONFIG=my.yaml for your study
	$(VENV)/bin/snakemake verify --cores 1 $(if $(CONFIG),--configfile $(CONFIG))

test: lint unit contract  ## every check: lint, unit tests, the small study end to end
	@echo "make test: all checks passed"

lint: $(VENV)/test.stamp  ## formatting, types and workflow lint
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/snakefmt --check Snakefile workflow
	$(VENV)/bin/mypy
	$(VENV)/bin/snakemake --lint --quiet

format: $(VENV)/test.stamp  ## put code into the house's form
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(VENV)/bin/snakefmt Snakefile workflow

docs: $(VENV)/test.stamp  ## write the generated parts of the texts, and draw the rules
	$(PY) docs/describe_files.py
	$(PY) docs/describe_keys.py
	$(PY) docs/draw_rules.py

docs-check: $(VENV)/test.stamp  ## what the texts name is there: links, files, columns, commands
	$(PY) -m pytest tests/unit/test_docs.py

unit: $(VENV)/test.stamp  ## the functions: seconds
	$(PY) -m pytest tests/unit -n 2

fuzz: $(VENV)/test.stamp  ## 10,000 damaged and odd files for every reader: some minutes
	$(PY) -m tests.fuzz.run --cases 10000

contract: $(VENV)/test.stamp  ## the workflow: small studies end to end, file by file; their page in a browser where there is chromium
	$(PY) -m pytest tests/workflow

integration: $(SERVERS)/stamp  ## a real SLURM and a real S3 server on this machine: a quarter of an hour; installs Debian packages
	tests/integration/install_slurm.sh
	$(SERVERS)/bin/python -m pytest tests/integration

benchmark: $(PEERS)/stamp  ## both kernels beside their peers: half an hour, 10 GB of disk
	@mkdir -p $(FIGURES)
	$(PEERS)/bin/python benchmarks/kmeans.py --json $(FIGURES)/kmeans.json
	$(PEERS)/bin/python benchmarks/session.py --json $(FIGURES)/session.json
	$(PEERS)/bin/python benchmarks/session.py --large --json $(FIGURES)/session-1mm.json

benchmark-quick: $(VENV)/test.stamp  ## the same in two minutes; fails below half a target
	$(PY) benchmarks/kmeans.py --quick
	$(PY) benchmarks/session.py --quick

benchmark-study: $(VENV)/test.stamp  ## the whole study at NSD's true size: half an hour
	@mkdir -p $(FIGURES)
	$(PY) benchmarks/study.py --json $(FIGURES)/study.json
	$(PY) benchmarks/study.py --voxels --json $(FIGURES)/voxels.json

benchmark-claims: $(VENV)/test.stamp  ## the claims at NSD's true size: a quarter of an hour
	@mkdir -p $(FIGURES)
	$(PY) benchmarks/claims.py --json $(FIGURES)/claims.json
	$(PY) benchmarks/study.py --claims --json $(FIGURES)/study-claims.json

benchmark-scaling: $(VENV)/test.stamp  ## how time and memory grow: some minutes
	@mkdir -p $(FIGURES)
	$(PY) benchmarks/scaling.py --json $(FIGURES)/scaling.json
	$(PY) benchmarks/swaps.py --json $(FIGURES)/swaps.json

benchmark-docs: $(VENV)/test.stamp  ## write the figures of the last benchmarks into docs/benchmarks.md
	$(PY) benchmarks/document.py

lock: $(UV)  ## recompile envs/*.txt and the conda environment from envs/*.in
	cd envs && for name in uv study test cluster integration benchmark; do \
	  ../$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	    --generate-hashes --custom-compile-command 'make lock' $$name.in -o $$name.txt || exit 1; done
	python3 envs/conda.py

clean:  ## remove the environment and caches; results/ is never touched
	rm -rf $(VENV) $(PEERS) $(SERVERS) .mypy_cache .ruff_cache .pytest_cache

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
	@rm -f $(VENV)/test.stamp $(VENV)/cluster.stamp
	@touch $@

$(VENV)/cluster.stamp: envs/cluster.txt envs/study.txt $(UV)
	$(SYNC) envs/cluster.txt
	@rm -f $(VENV)/test.stamp
	@touch $(VENV)/study.stamp $@

$(SERVERS)/stamp: envs/integration.txt $(UV)
	$(PY) -m venv --clear --without-pip $(SERVERS)
	$(subst $(VENV)/bin/python,$(SERVERS)/bin/python,$(SYNC)) envs/integration.txt
	@touch $@

$(PEERS)/stamp: envs/benchmark.txt $(UV)
	$(PY) -m venv --clear --without-pip $(PEERS)
	$(subst $(VENV)/bin/python,$(PEERS)/bin/python,$(SYNC)) envs/benchmark.txt
	@touch $@

# The test environment holds the study's under the same pins, so it serves both.
$(VENV)/test.stamp: envs/test.txt envs/study.txt $(UV)
	$(SYNC) envs/test.txt
	@rm -f $(VENV)/cluster.stamp
	@touch $(VENV)/study.stamp $@
