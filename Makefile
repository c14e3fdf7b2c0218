# What one can do here. `make help` lists it.
MVN := $(shell command -v mvn >/dev/null 2>&1 && echo mvn || echo ./mvnw) -B
SHELL := /bin/bash
SOURCES := $(shell find common/src/main jobs/src/main -type f) pom.xml common/pom.xml jobs/pom.xml

.DEFAULT_GOAL := help
.PHONY: help demo demo-llm test build jar format docs bench bench-crawl bench-models clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## Build, then run the whole system on a generated crawl, offline
	bin/tiktok-rec demo --warehouse target/demo

demo-llm: build ## The demo, smaller, with a real language model on this machine (1.1 GB fetched once)
	bin/demo-llm

test: ## Run all tests, with format and style checks
	$(MVN) spotless:check verify

build: jobs/target/.built ## Compile what bin/tiktok-rec runs

jobs/target/.built: $(SOURCES)
	$(MVN) -q -Dmaven.test.skip=true package
	@touch $@

jar: ## Build jobs/target/tiktok-rec.jar for spark-submit
	$(MVN) -q -Dmaven.test.skip=true -Pjar package

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
