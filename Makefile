# Everything that people and CI do here. `make` shows the targets.

# The locked versions were tried on 3.11 first; any newer one is fine. PYTHON=… chooses another. A name alone
# is not enough: a version manager's shim may be on the path without its Python behind it.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3 python; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$name && break; done)

# compiled modules are kept, whatever the caller's environment says: tests and nights start hundreds of processes
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
BIN := $(VENV)/bin
# a changed lock makes a new name, so that an old environment is brought up to date
LOCK_HASH = $(shell cksum < $(1) | tr ' ' '-')
# The lock is complete, so nothing is resolved again: older pips do not see that name[extra]==1 pins name too.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input
INSTALL := install --no-deps
INSTALLED := $(VENV)/.installed-$(call LOCK_HASH,requirements.txt)
DEV_INSTALLED := $(VENV)/.development-$(call LOCK_HASH,requirements-dev.txt)
SPARK_VENV := .venv-spark
SPARK_EVENTS ?= 10000
SBOM_VENV := .venv-sbom
DLT_VENV := .venv-dlt
DLT_INSTALLED := $(DLT_VENV)/.installed-$(call LOCK_HASH,requirements-dlt.txt)
SBOM_INSTALLED := $(SBOM_VENV)/.installed-$(call LOCK_HASH,requirements-sbom.txt)
SPARK_INSTALLED := $(SPARK_VENV)/.installed-$(call LOCK_HASH,requirements-spark.txt)

RACEWAY_HOME ?= $(CURDIR)/var
export RACEWAY_HOME

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-all mutants chaos orders setup-spark setup-fab setup-sbom setup-dlt setup-celery test-cluster test-spark lint format fuzz bench trust backtest secrets up lock sbom clean

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

setup-dev: $(DEV_INSTALLED)  ## add what tests and linters need (1 minute, once)

$(DEV_INSTALLED): requirements-dev.txt $(INSTALLED)
	@echo "installing the locked packages of tests and linters into $(VENV)"
	$(PIP) $(INSTALL) --require-hashes -r requirements-dev.txt
	@rm -f $(VENV)/.development-*
	@touch $@

run: setup  ## set up, write a home with a sample inbox if there is none, run one nightly load (4 minutes)
	@test -e $(RACEWAY_HOME)/raceway.toml || $(BIN)/raceway sample
	@$(BIN)/raceway run

test: setup-dev  ## run every test (13 to 16 minutes on two cores)
	$(BIN)/python -m pytest -n 4 --dist loadscope $(PYTEST_ARGS)

test-all: setup-dev  ## run every test, the long forms too: 2,000 spoilt files instead of 250, 1,000 homes told otherwise
	RACEWAY_TESTS=all $(BIN)/python -m pytest -n 4 --dist loadscope $(PYTEST_ARGS)

mutants: setup-dev  ## put faults into copies of the program; each must be found by its tests (12 minutes)
	$(BIN)/python -m tests.mutants.run $(MUTANTS)

setup-spark: $(SPARK_INSTALLED)  ## build .venv-spark, which builds models on a local Spark (2 minutes, once)

$(SPARK_INSTALLED): requirements-spark.txt | setup
	@test -x $(SPARK_VENV)/bin/python || $(BIN)/python -m venv $(SPARK_VENV)
	$(SPARK_VENV)/$(PIP:$(VENV)/%=%) install --no-deps --require-hashes -r requirements-spark.txt
	@rm -f $(SPARK_VENV)/.installed-*
	@touch $@

setup-sbom: $(SBOM_INSTALLED)  ## build .venv-sbom, which writes the list of what a night is made of (half a minute, once)

$(SBOM_INSTALLED): requirements-sbom.txt | setup
	@test -x $(SBOM_VENV)/bin/python || $(BIN)/python -m venv $(SBOM_VENV)
	$(SBOM_VENV)/$(PIP:$(VENV)/%=%) install --no-deps --require-hashes -r requirements-sbom.txt
	@rm -f $(SBOM_VENV)/.installed-*
	@touch $@

setup-dlt: $(DLT_INSTALLED)  ## build .venv-dlt, which make bench holds landing against (1 minute, once)

$(DLT_INSTALLED): requirements-dlt.txt | setup
	@test -x $(DLT_VENV)/bin/python || $(BIN)/python -m venv $(DLT_VENV)
	$(DLT_VENV)/$(PIP:$(VENV)/%=%) install --no-deps --require-hashes -r requirements-dlt.txt
	@rm -f $(DLT_VENV)/.installed-*
	@touch $@

setup-fab: setup  ## add Airflow's FAB auth manager: people and roles in its database, LDAP, OAuth (1 minute)
	$(PIP) $(INSTALL) --require-hashes -r requirements-fab.txt

CELERY_VENV := .venv-celery
CELERY_INSTALLED := $(CELERY_VENV)/.installed-$(call LOCK_HASH,requirements-celery.txt)-$(call LOCK_HASH,requirements.txt)

setup-celery: $(CELERY_INSTALLED)  ## build .venv-celery, a night's packages with Celery's (3 minutes, once)

$(CELERY_INSTALLED): requirements-celery.txt requirements.txt
	@test -x $(CELERY_VENV)/bin/python || $(PYTHON) -m venv $(CELERY_VENV)
	$(CELERY_VENV)/$(PIP:$(VENV)/%=%) install --no-deps --require-hashes -r requirements.txt -r requirements-celery.txt
	$(CELERY_VENV)/$(PIP:$(VENV)/%=%) install --no-deps --no-build-isolation -e .
	@rm -f $(CELERY_VENV)/.installed-*
	@touch $@

test-cluster: setup-dev setup-celery  ## a night on two Celery workers, one of them killed; needs PostgreSQL and Redis (3 minutes)
	RACEWAY_REQUIRE_EXTRAS=1 RACEWAY_CELERY_PYTHON=$(CURDIR)/$(CELERY_VENV)/bin/python $(BIN)/python -m pytest tests/cluster $(PYTEST_ARGS)

test-spark: setup-dev setup-spark  ## every table on a Spark of a master and two workers against DuckDB's; needs Java 17 (half an hour; SPARK_EVENTS=1000000: far longer)
	RACEWAY_REQUIRE_EXTRAS=1 RACEWAY_SPARK_PYTHON=$(CURDIR)/$(SPARK_VENV)/bin/python RACEWAY_SPARK_IDENTITIES=20000 \
		RACEWAY_SPARK_EVENTS=$(SPARK_EVENTS) RACEWAY_SPARK_SECONDS=21600 $(BIN)/python -m pytest tests/spark $(PYTEST_ARGS)

lint: setup-dev  ## check style, types, SQL and YAML (2 minutes)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check raceway dags tests bench
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/yamllint --strict .
	$(BIN)/sqlfluff lint dbt_project queries --processes 2

format: setup-dev  ## put code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format raceway dags tests bench

fuzz: setup-dev  ## land 350 hostile and 50,000 spoilt files, and 25 times as many random rows as the tests do (1 hour)
	RACEWAY_FUZZ=50000 $(BIN)/python -m pytest -n 4 --dist loadscope tests/fuzz $(PYTEST_ARGS)

bench: setup setup-dlt  ## what raceway costs against DuckDB, dlt and itself, as a table and bench.json (45 minutes); BENCH=--quick only tries it
	$(BIN)/python -m bench.performance --into $(RACEWAY_HOME) --dlt $(DLT_VENV)/bin/python $(BENCH)

chaos: setup-dev  ## strike faults at copies of a home, 30 of them in whole nights, each followed by a night (goes on where it stopped)
	$(BIN)/python -m tests.chaos.run --into $(RACEWAY_HOME)

orders: setup-dev  ## 60 nights of three sources in three orders: the same mart, step by step and in full, table by table
	$(BIN)/python -m tests.orders.run --into $(RACEWAY_HOME) $(ORDERS)

backtest: setup  ## how well the expected ends of periods hold: the model beside plain pacing (2 minutes of CPU)
	$(BIN)/python -m bench.forecast

trust: setup  ## whether faults in the data are caught before publishing: 240 faults, 3 years of clean nights (goes on where it stopped); TRUST=--quick is short
	$(BIN)/python -m bench.trust $(TRUST)

secrets: setup  ## make the passwords and keys that the home has not; a password is said once
	@test -e $(RACEWAY_HOME)/raceway.toml || $(BIN)/raceway sample
	@$(BIN)/raceway secrets

# PORT for Airflow's page, the next one for the report
up: secrets  ## start Airflow's page on PORT (8080), the report beside it on the next (Ctrl-C ends both)
	@exec env $(if $(PORT),AIRFLOW__API__PORT=$(PORT)) $(BIN)/python -m raceway.night.serve

COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-emit-index-url --no-header $(if $(KEEP),,--upgrade)

lock:  ## resolve every requirements*.in anew into its lock (needs uv); KEEP=1 keeps the versions of today
	$(COMPILE) requirements.in --output-file requirements.txt
	$(COMPILE) --constraints requirements.txt requirements-dev.in --output-file requirements-dev.txt
	$(COMPILE) --constraints requirements.txt requirements-spark.in --output-file requirements-spark.txt
	$(COMPILE) --constraints requirements.txt requirements-fab.in --output-file requirements-fab.txt
	$(COMPILE) --constraints requirements.txt requirements-celery.in --output-file requirements-celery.txt
	$(COMPILE) requirements-sbom.in --output-file requirements-sbom.txt
	$(COMPILE) requirements-dlt.in --output-file requirements-dlt.txt

SBOM ?= sbom.cdx.json
sbom: setup-sbom  ## write what a night is made of, with the hash of every file, as CycloneDX (SBOM=sbom.cdx.json)
	$(SBOM_VENV)/bin/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --of JSON -o $(SBOM)

clean:  ## remove .venv, .venv-spark, .venv-sbom, .venv-dlt, .venv-celery and caches; homes stay
	rm -rf $(VENV) $(SPARK_VENV) $(SBOM_VENV) $(DLT_VENV) $(CELERY_VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
	find . -name __pycache__ -not -path './$(VENV)/*' -not -path './$(SPARK_VENV)/*' -not -path './$(SBOM_VENV)/*' -not -path './$(DLT_VENV)/*' -not -path './$(CELERY_VENV)/*' -prune -exec rm -rf {} +
