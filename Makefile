# The commands of Confab. Each target's line after ## is its help.
.DEFAULT_GOAL := help
.PHONY: help run web test test-compose simulate rights fuzz churn chaos chaos-nats-away chaos-embedded bench bench-quick lint generated clean

WEB := services/web
WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/public $(WEB)/index.html $(WEB)/vite.config.ts proto/typescript -type f 2>/dev/null)

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build everything and start Confab on http://127.0.0.1:8080, with all data in ./data
	@.ci/need-tools rust node
	@$(MAKE) -s web
	@if [ -x target/release/confab ]; then cargo build --release --locked --quiet -p confab; \
	else echo "Building Confab: minutes the first time, seconds from then on."; cargo build --release --locked -p confab; fi
	@exec target/release/confab

web: $(WEB)/dist/index.html ## build the web client, which the binary embeds

test: ## run all tests on private servers, getting what is missing first
	@.ci/prepare
	@.ci/with-servers .ci/test

test-compose: ## build the images and try docker-compose.yml in real containers
	@.ci/test-compose

SEEDS ?= 2000
simulate: ## prove the laws in virtual time: SEEDS=2000 histories of faults, then every planted bug must be found
	cargo run --release --locked --quiet -p confab-simulator -- --seeds $(SEEDS)
	cargo run --release --locked --quiet -p confab-simulator -- --seeds 5000 --mutants

rights: export TRIALS ?= 200
rights: export WITHIN_MS ?= 1000
rights: FILE = rights-under-fire
rights: ## take rights away TRIALS=200 times while messages fly over a bad NATS; SEED=s the same again
fuzz: export PACKETS ?= 100000
fuzz: ## send PACKETS=100000 nearly right packets to a server; SEED=s the same again
churn: export CONNECTIONS ?= 20000
churn: ## open and end CONNECTIONS=20000 sockets in every way and look for what is left of them; SEED=s
rights fuzz churn: services/confab/tests/node_modules/.package-lock.json
	@cargo build --locked --quiet -p confab
	@.ci/with-servers node --test --test-reporter=spec services/confab/tests/$(or $(FILE),$@).test.mjs

chaos: MINUTES ?= 10
chaos: ## kill, pause and cut off a fleet's parts under load for MINUTES=10 and check every history; SEED=s plans the same again
chaos-nats-away: ## take NATS away for a minute under load and see how fast delivery goes on; SEED=s
chaos-embedded: ## kill one node on SQLite again and again under load, MINUTES=1 and SEED=s
chaos chaos-nats-away chaos-embedded: services/confab/tests/node_modules/.package-lock.json
	@cargo build --locked --quiet -p confab -p confab-bench
	@node services/confab/tests/chaos/run.mjs --mode $(patsubst chaos-%,%,$@) --minutes "$(MINUTES)" --seed "$(SEED)"

bench: ## measure Confab beside Node, pgbench, NATS and the barest fan-out, write services/bench/chart.svg: ROUNDS=4
bench: BENCH = --rounds "$(or $(ROUNDS),4)" --chart services/bench/chart.svg
bench-quick: ## the same in one short round, without the chart
bench-quick: BENCH = --rounds 1 --seconds 1
bench bench-quick: services/confab/tests/node_modules/.package-lock.json services/bench/compare/node/node_modules/.package-lock.json
	@.ci/need-tools rust node
	@cargo build --release --locked --quiet -p confab -p confab-bench
	@.ci/with-servers .ci/bench $(BENCH)

lint: ## check format, lints, documentation, licences and types
	@.ci/lint

generated: $(WEB)/node_modules/.package-lock.json ## write proto/openapi.json, its TypeScript and the event catalogue anew from the sources
	UPDATE_GENERATED=1 cargo test --quiet --locked -p confab-api --test openapi
	UPDATE_GENERATED=1 cargo test --quiet --locked -p confab-proto --test catalogue
	UPDATE_GENERATED=1 cargo test --quiet --locked -p confab-domain --test changes
	@npm --prefix $(WEB) run --silent types

clean: ## remove what was built; ./data stays
	rm -rf target $(WEB)/dist $(WEB)/node_modules services/confab/tests/node_modules services/bench/compare/node/node_modules \
		proto/examples/node_modules

# Packages are fetched again only when their lock file changed.
%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	@.ci/need-tools node
	@echo "Fetching the packages of $*."
	@npm --prefix $* ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_SOURCES)
	@echo "Building the web client."
	@npm --prefix $(WEB) run --silent build
	@touch $@
