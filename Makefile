# What one can do here. `make help` lists it.
MVN := $(shell command -v mvn >/dev/null 2>&1 && echo mvn || echo ./mvnw) -B
SHELL := /bin/bash
SOURCES := $(shell find common/src/main jobs/src/main -type f) pom.xml common/pom.xml jobs/pom.xml

.DEFAULT_GOAL := help
.PHONY: help demo demo-llm test test-cluster test-cluster-full test-notebooks build jar dist format docs bench bench-crawl bench-models clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## Build, then run the whole system on a generated crawl, offline
	bin/tiktok-rec demo --warehouse target/demo

demo-llm: build ## The demo, smaller, with a real language model on this machine (1.1 GB fetched once)
	bin/demo-llm

test: ## Run all tests, with format and style checks; the DAG's where Airflow is installed (make target/venvs/airflow)
	$(MVN) spotless:check verify
	@if [ -x target/venvs/airflow/bin/python ]; then \
		target/venvs/airflow/bin/python -m pytest -q -p no:cacheprovider airflow/tests; \
	else echo "airflow/tests: skipped, Airflow is not installed: make target/venvs/airflow installs it"; fi

test-cluster: jar target/venvs/cluster target/venvs/airflow target/venvs/notebooks ## Test on a real cluster: Spark, S3, Airflow, notebooks
	@# The notebooks' minutes are those in which the cluster waits for its processes to start.
	@$(MAKE) test-notebooks > target/test-notebooks.log 2>&1 & notebooks=$$!; \
	target/venvs/cluster/bin/python -m pytest -q -p no:cacheprovider --durations=0 --durations-min=1 -m "not full" tests/cluster; \
	cluster=$$?; wait $$notebooks; notebooks=$$?; cat target/test-notebooks.log; exit $$((cluster | notebooks))

test-notebooks: target/venvs/notebooks target/demo ## Run the notebooks over the demo's tables
	TIKTOK_REC_WAREHOUSE=target/demo target/venvs/notebooks/bin/python -m pytest -q -p no:cacheprovider notebooks

test-cluster-full: jar target/venvs/cluster target/venvs/airflow ## The same with a real scheduler: a run and a backfill by its REST API
	target/venvs/cluster/bin/python -m pytest -q -p no:cacheprovider --durations=0 --durations-min=1 -m full tests/cluster

# Python environments, each from its hashed lock.
target/venvs/cluster: tests/cluster/requirements.txt
target/venvs/airflow: airflow/requirements.txt
target/venvs/notebooks: notebooks/requirements.txt
target/venvs/%:
	bin/venv $* $<
	@touch $@

target/demo: jobs/target/.built
	bin/tiktok-rec demo --warehouse target/demo > /dev/null
	@touch $@

build: jobs/target/.built ## Compile what bin/tiktok-rec runs

jobs/target/.built: $(SOURCES)
	$(MVN) -q -Dmaven.test.skip=true package
	@touch $@

jar: jobs/target/tiktok-rec.jar ## Build what spark-submit takes: jobs/target/tiktok-rec.jar, and Delta and S3A in jobs/target/jars

jobs/target/tiktok-rec.jar: $(SOURCES)
	rm -rf jobs/target/jars
	$(MVN) -q -Dmaven.test.skip=true -Pjar package
	@touch $@ jobs/target/.built

dist: jar ## Build target/tiktok-rec.tar.gz, what a cluster's machines get: jar, jars, bin, conf, DAG and notebooks
	mkdir -p target/dist/tiktok-rec && rm -rf target/dist/tiktok-rec/*
	cp -r bin conf airflow notebooks LICENSE jobs/target/tiktok-rec.jar jobs/target/jars target/dist/tiktok-rec
	tar -C target/dist --exclude=__pycache__ --exclude=tests -czf target/tiktok-rec.tar.gz tiktok-rec
	@ls -lh target/tiktok-rec.tar.gz

format: ## Format the sources
	$(MVN) -q spotless:apply

docs: build ## Write docs/configuration.md anew from reference.conf
	java -cp "common/target/classes:$$(cat jobs/target/classpath-runtime.txt)" \
		com.tiktokrec.common.config.ReferencePage docs/configuration.md

bench: build ## Measure the demo, and a night over real crawled videos where they are at hand
	bin/bench

bench-crawl: ## Measure crawling against a local server that replays the TikTok API
	$(MVN) -q -pl jobs -am test-compile dependency:build-classpath -DincludeScope=test -DexcludeArtifactIds=common \
		-Dmdep.outputFile=target/classpath-test.txt
	bin/bench-crawl

bench-models: build ## Measure model calls against a local server with a provider's latencies, quota and failures
	$(MVN) -q test-compile
	bin/bench-models

clean: ## Delete what was built
	$(MVN) -q clean
	rm -rf target
