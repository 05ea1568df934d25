SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run up down test test-unit test-page test-containers test-cluster dashboard chaos fuzz bench-ingest bench-phones bench-query bench-connectivity bench-truth bench-nodes bench-page lint format protobufs lock clean images containers cluster packages test-packages container-packages cluster-packages sbom

PYTHON := .venv/bin/python
NATIVE := $(PYTHON) -m deployment.native
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# npm trusts whom the system trusts, as pip, uv and Maven do here.
export NODE_USE_SYSTEM_CA := 1

VENV := .venv/.made
KAFKA := var/programs/kafka/.made
KAFKA_CLASSES := var/programs/kafka/classes.jsa
PROTOS := $(shell find protobufs -name '*.proto')
CONTRACT := modules/udaconnect/.made
ENGINE := modules/proximity/.compiled
GENERATED := $(CONTRACT) $(ENGINE)
PROMETHEUS := var/programs/prometheus/.made
ETCD := var/programs/etcd/.made
KUBERNETES := var/programs/kubernetes/.made
TRAEFIK := var/programs/traefik/.made
MANIFEST_TOOLS := var/programs/kustomize/.made var/programs/crds/.made
FRONTEND := modules/frontend/dist/index.html
NODE_MODULES := modules/frontend/node_modules/.made
LOCKS := $(patsubst %.in,%.txt,$(filter-out modules/service_kit/% modules/location_client/%,$(wildcard modules/*/requirements.in) db/requirements.in protobufs/requirements.in deployment/sbom/requirements.in))
COMPILE := uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
SYSTEM := $(VENV) $(KAFKA) $(GENERATED) $(FRONTEND)

help: ## Say what there is
	@awk -F ':.*## ' '/^#: /{print substr($$0, 3)} /^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

#: Run
run: packages $(SYSTEM) ## Run the whole system in the foreground, with a demonstration; Ctrl-C stops it
	@$(NATIVE) run
up: packages $(SYSTEM) ## Run it in the background; returns when all is ready, addresses in var/run.env
	@$(NATIVE) up
down: $(VENV) ## Stop it
	@$(NATIVE) down

#: Test
test: test-packages $(SYSTEM) $(KAFKA_CLASSES) $(PROMETHEUS) $(MANIFEST_TOOLS) ## Every test, on a system of its own; PYTEST_ARGS="-k …" chooses
	@$(NATIVE) test -- $(PYTEST_ARGS)
test-unit: packages $(VENV) $(GENERATED) $(NODE_MODULES) $(PROMETHEUS) $(MANIFEST_TOOLS) ## The tests that need no running system
	@$(PYTHON) -m pytest -n 2 tests/unit $(PYTEST_ARGS)
test-page: test-packages $(SYSTEM) ## The page's tests: its parts, then all of it in a real Chromium, on a system of its own
	@$(NATIVE) test -- tests/unit/frontend tests/e2e/page $(PYTEST_ARGS)
test-containers: container-packages $(VENV) $(GENERATED) $(FRONTEND) ## Build the images and test the system of docker-compose.yml
	@$(PYTHON) -m tests.containers $(PYTEST_ARGS)
test-cluster: $(if $(KUBECONFIG),test-packages,cluster-packages $(KUBERNETES) $(TRAEFIK)) $(VENV) $(GENERATED) $(FRONTEND) $(PROMETHEUS) $(MANIFEST_TOOLS) ## Test the manifests on a Kubernetes of its own, or in a namespace of KUBECONFIG's
	@$(PYTHON) -m tests.cluster $(PYTEST_ARGS)
dashboard: packages $(SYSTEM) $(PROMETHEUS) ## Draw the dashboard as it is after minutes of load, into docs/images; MINUTES=10
	@$(PYTHON) -m tests.dashboard $(if $(MINUTES),--minutes $(MINUTES))
chaos: packages $(VENV) $(KAFKA) $(KAFKA_CLASSES) $(GENERATED) $(ETCD) ## Kill, freeze, cut off and fill up everything, and account for each location; ROUNDS=100 SEED=7
	@$(PYTHON) -m tests.chaos $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED)) $(CHAOS)
fuzz: packages $(VENV) $(KAFKA) $(GENERATED) ## Bytes of every kind as files, records and requests, all accounted for; FUZZ_FILES=100000 FUZZ_RECORDS=1000000 FUZZ_REQUESTS=100000 SEED=7
	@$(PYTHON) -m tests.fuzz $(if $(FUZZ_FILES),--files $(FUZZ_FILES)) $(if $(FUZZ_RECORDS),--records $(FUZZ_RECORDS)) $(if $(FUZZ_REQUESTS),--requests $(FUZZ_REQUESTS)) $(if $(SEED),--seed $(SEED))
bench-ingest: packages $(VENV) $(KAFKA) $(GENERATED) ## How fast locations are taken in, beside limits and peers; QUICK=1: in 5 minutes
	@$(PYTHON) -m benchmarks.ingest $(if $(QUICK),--quick) $(BENCH)
bench-phones: packages $(VENV) $(KAFKA) $(GENERATED) ## How fast phones' posts are taken; QUICK=1: in two minutes
	@$(PYTHON) -m benchmarks.phones $(if $(QUICK),--quick) $(BENCH)
bench-query: packages $(VENV) $(KAFKA) $(GENERATED) ## How fast it is told who met whom, beside its queries and peers; QUICK=1: in 5 minutes
	@$(PYTHON) -m benchmarks.query $(if $(QUICK),--quick) $(BENCH)
bench-connectivity: packages $(VENV) $(KAFKA) $(GENERATED) ## What it costs to remember meetings, and what it gives; QUICK=1: in 4 minutes
	@$(PYTHON) -m benchmarks.connectivity $(if $(QUICK),--quick) $(BENCH)
bench-truth: packages $(VENV) $(KAFKA) $(GENERATED) ## How right the meetings are, beside other methods and a ceiling; QUICK=1: in 3 minutes
	@$(PYTHON) -m benchmarks.truth $(if $(QUICK),--quick) $(BENCH)
bench-nodes: packages $(VENV) $(KAFKA) $(GENERATED) ## A store of many nodes beside one PostgreSQL; wants CITUS_PG_BIN; QUICK=1: in 3 minutes
	@$(PYTHON) -m benchmarks.nodes $(if $(QUICK),--quick)
bench-page: test-packages $(SYSTEM) ## How fast the page is in a real Chromium, at full speed and on a slow phone; QUICK=1: in 10 minutes
	@$(PYTHON) -m benchmarks.page $(if $(QUICK),--quick)

#: Develop
lint: packages $(VENV) $(GENERATED) $(NODE_MODULES) ## Check style, types and contract
	ruff check
	ruff format --check
	mypy modules tests deployment $(wildcard benchmarks)
	PYTHONPATH=modules lint-imports --no-cache
	protolint lint protobufs
	hadolint modules/*/Dockerfile db/Dockerfile
	npm --prefix modules/frontend run lint
format: $(VENV) ## Put the code into the house's form; write the Dockerfiles from their recipe
	ruff check --fix-only
	ruff format
	$(PYTHON) -m deployment.dockerfiles
protobufs: packages $(CONTRACT) ## Generate Python from the contract
lock: $(VENV) ## Fix the versions of what every requirements.in names; LOCK_ARGS=--upgrade for newer ones
	$(COMPILE) $(LOCK_ARGS) requirements-dev.in -o requirements-dev.txt
	for lock in $(LOCKS); do $(COMPILE) --upgrade -c requirements-dev.txt $${lock%.txt}.in -o $$lock || exit 1; done
clean: ## Stop the system and remove its data and what was generated; what was fetched stays
	@[ ! -d var ] || $(NATIVE) clean
	rm -rf modules/udaconnect $(ENGINE) modules/*/*/lib*.so modules/frontend/dist .mypy_cache .ruff_cache .pytest_cache

#: Deploy
images: ## Build the image of every service
	@deployment/images.sh
containers: ## Run the whole system in containers, in the foreground
	@deployment/secrets.sh
	@docker compose up --build
sbom: $(VENV) ## List what is shipped (CycloneDX), a file for each image in var/sbom
	@deployment/sbom/sbom.sh
cluster: ## Put it into the Kubernetes cluster that kubectl points to
	@deployment/secrets.sh
	@kubectl apply -k deployment

packages:
	@deployment/native/packages.sh
test-packages:
	@deployment/native/packages.sh chromium pgbouncer
container-packages:
	@deployment/native/packages.sh chromium pgbouncer containers
cluster-packages:
	@deployment/native/packages.sh chromium pgbouncer containers cluster

$(VENV): requirements-dev.txt | packages
	@echo "Installing the Python packages into .venv"
	@python3 -m venv .venv
	@pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(CONTRACT): $(PROTOS) $(VENV)
	@echo "Generating Python from the contract"
	@python -m grpc_tools.protoc -I protobufs --python_out=modules --grpc_python_out=modules --mypy_out=quiet:modules --mypy_grpc_out=quiet:modules $(PROTOS)
	@touch $@

$(ENGINE): $(wildcard modules/proximity/*.h modules/*/*/*.[ch] modules/proximity/compile.sh) | packages
	@echo "Compiling the inner loops"
	@$(@D)/compile.sh
	@touch $@

$(KAFKA): deployment/native/kafka.pom.xml | packages
	@echo "Fetching Apache Kafka from Maven Central"
	@rm -rf $(@D)
	@mvn --batch-mode --quiet -Dstyle.color=never --file $< org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=$(CURDIR)/$(@D)
	@touch $@

$(KAFKA_CLASSES): $(KAFKA) deployment/native/kafka_classes.py | $(VENV)
	@echo "Keeping Kafka's classes as a JVM has them"
	@$(PYTHON) -m deployment.native.kafka_classes

$(PROMETHEUS): deployment/native/unpacked.sh | packages
	@echo "Fetching Prometheus from the distribution"
	@$< $(@D) prometheus prometheus promtool
	@touch $@

$(ETCD): deployment/native/unpacked.sh | packages
	@echo "Fetching etcd from the distribution"
	@$< $(@D) etcd-server etcd
	@touch $@

var/programs/kustomize/.made: deployment/native/kustomize.sh | packages
	@echo "Making kustomize, where there is no kubectl"
	@$< $(@D)
	@touch $@

$(KUBERNETES): deployment/native/kubernetes.sh | packages
	@echo "Building Kubernetes from its source (10 to 30 minutes, once)"
	@$< $(@D)
	@touch $@

$(TRAEFIK): deployment/native/traefik.sh | packages
	@echo "Building Traefik from its source (4 to 15 minutes, once)"
	@$< $(@D)
	@touch $@

var/programs/crds/.made: deployment/native/crds.sh deployment/native/strimzi.pom.xml | packages
	@echo "Fetching the definitions of the operators' custom resources"
	@$< $(@D)
	@touch $@

$(NODE_MODULES): modules/frontend/package-lock.json | $(VENV)
	@echo "Installing the front end's packages"
	@npm --prefix modules/frontend ci --loglevel error --no-progress --no-audit --no-fund
	@touch $@

$(FRONTEND): $(NODE_MODULES) $(shell find modules/frontend -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -print)
	@echo "Building the front end"
	@npm --prefix modules/frontend run --silent build -- --logLevel warn
