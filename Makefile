# Everything that people and CI do here. `make` shows the targets.

# The locked versions were tried on 3.11 first; any newer one is fine. PYTHON=… chooses another. A name alone
# is not enough: a version manager's shim may be on the path without its Python behind it.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3 python; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$name && break; done)

VENV := .venv
BIN := $(VENV)/bin
# a changed lock makes a new name, so that an old environment is brought up to date
LOCK_HASH := $(shell cksum < requirements.txt | tr ' ' '-')
# The lock is complete, so nothing is resolved again: older pips do not see that name[extra]==1 pins name too.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input
INSTALL := install --no-deps
INSTALLED := $(VENV)/.installed-$(LOCK_HASH)
SPARK_VENV := .venv-spark
SPARK_INSTALLED := $(SPARK_VENV)/.installed-$(shell cksum < requirements-spark.txt | tr ' ' '-')

RACEWAY_HOME ?= $(CURDIR)/var
export RACEWAY_HOME

.DEFAULT_GOAL := help
.PHONY: help setup run test mutants setup-spark test-spark lint format fuzz bench up lock clean

help:  ## show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(INSTALLED)  ## build .venv from the locked requirements (3 minutes, once)

$(INSTALLED): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "raceway needs Python 3.11 or newer with venv (Debian: apt install python3-venv); or say make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "installing the locked packages into $(VENV) with $$($(PYTHON) --version): a few minutes, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) $(INSTALL) --require-hashes -r requirements.txt
	$(PIP) $(INSTALL) --no-build-isolation -e .
	@rm -f $(VENV)/.installed-*
	@touch $@

run: setup  ## set up, write a home with a sample inbox if there is none, run one nightly load (4 minutes)
	@test -e $(RACEWAY_HOME)/raceway.toml || $(BIN)/raceway sample
	@$(BIN)/raceway run

test: setup  ## run every test (16 minutes)
	$(BIN)/python -m pytest -n 2 --dist loadscope $(PYTEST_ARGS)

mutants: setup  ## put faults into copies of the program; each must be found by its tests (12 minutes)
	$(BIN)/python -m tests.mutants.run $(MUTANTS)

setup-spark: $(SPARK_INSTALLED)  ## build .venv-spark, which builds models on a local Spark (2 minutes, once)

$(SPARK_INSTALLED): requirements-spark.txt | setup
	@test -x $(SPARK_VENV)/bin/python || $(BIN)/python -m venv $(SPARK_VENV)
	$(SPARK_VENV)/$(PIP:$(VENV)/%=%) install --no-deps --require-hashes -r requirements-spark.txt
	@rm -f $(SPARK_VENV)/.installed-*
	@touch $@

test-spark: setup-spark  ## the identities on a real local Spark against DuckDB; needs Java 17 (4 minutes)
	RACEWAY_REQUIRE_EXTRAS=1 RACEWAY_SPARK_PYTHON=$(CURDIR)/$(SPARK_VENV)/bin/python RACEWAY_SPARK_IDENTITIES=20000 \
		$(BIN)/python -m pytest tests/spark $(PYTEST_ARGS)

lint: setup  ## check style, types, SQL and YAML (2 minutes)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check raceway dags tests bench
	$(BIN)/mypy
	$(BIN)/yamllint --strict .
	$(BIN)/sqlfluff lint dbt_project --processes 2

format: setup  ## put code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format raceway dags tests bench

fuzz: setup  ## land 50,000 spoilt files and 125 times as many random rows as the tests do (1 hour)
	RACEWAY_FUZZ=50000 $(BIN)/python -m pytest -n 2 --dist loadscope tests/fuzz $(PYTEST_ARGS)

bench: setup  ## landing against DuckDB alone, and where the time of `make run` goes (2 minutes)
	$(BIN)/python -m bench.landing
	$(BIN)/python -m bench.night

up: setup  ## start Airflow's page on 8080 with the report beside it on 8081 (Ctrl-C ends both)
	@test -e $(RACEWAY_HOME)/raceway.toml || $(BIN)/raceway sample
	$(BIN)/python -m raceway.night.serve

lock: setup  ## resolve requirements.in and requirements-spark.in anew into their locks (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
		--no-header --upgrade requirements.in --output-file requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
		--no-header --constraints requirements.txt requirements-spark.in --output-file requirements-spark.txt

clean:  ## remove .venv, .venv-spark and caches; homes stay
	rm -rf $(VENV) $(SPARK_VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
	find . -name __pycache__ -not -path './$(VENV)/*' -not -path './$(SPARK_VENV)/*' -prune -exec rm -rf {} +
