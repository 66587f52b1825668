# `make run` shows the main job, `make test` passes the tests. Both do all of their set-up on a
# fresh Debian machine that has the Swift toolchain and Python 3, and are quick the second time.

SHELL := /bin/bash
PORT ?= 8080
PYTHON ?= python3
SOURCES := Package.swift Sources Tests
# Suites of EndToEndTests that leave no time to others, or measure what others would disturb.
APART := CrashMatrixTests OverloadTests ChaosTests ComparisonTests
# A test that waits for ever is to be told by its target, not by whoever waits for the tests.
SWIFT_TEST := timeout --foreground -k 10 1500 swift test --skip-build --disable-xctest
TESTS := $(sort $(patsubst Tests/%/,%,$(filter %Tests/,$(wildcard Tests/*/))))

.PHONY: run test contract browser ci build system-packages test-packages format check-format \
	python-checks clean

run: system-packages .venv/.ready
	@echo "== building (release)"
	swift build -c release --product swarmkeeper
	@.venv/bin/python locust/demo.py --port $(PORT)

test: test-packages check-format python-checks .venv-2.32/.ready .venv-contract/.ready \
		.venv-browser/.ready
	@echo "== building and testing"
	swift build --build-tests
	@$(MAKE) --no-print-directory contract
	@$(MAKE) --no-print-directory browser
	@# A process each: what computes much would keep what waits for others from its turn.
	@for tests in $(TESTS); do \
		echo "== $$tests" && $(SWIFT_TEST) --filter "^$$tests\\." $(APART:%=--skip "^EndToEndTests\\.%/") || exit 1; \
	done
	@for tests in $(APART); do \
		echo "== $$tests" && $(SWIFT_TEST) --filter "^EndToEndTests\\.$$tests/" || exit 1; \
	done

# The program as it was built last, against the document that it serves.
contract: .venv-contract/.ready
	@echo "== holding the service to its OpenAPI document"
	@.venv-contract/bin/python Tests/Contract/contract.py --program .build/debug/swarmkeeper

# The dashboard of the program as it was built last, driven in a real browser. Screenshots go to
# SWARMKEEPER_SCREENSHOTS, or to a folder of the system's for temporary files.
browser: .venv-browser/.ready
	@echo "== driving the dashboard in a browser"
	@.venv-browser/bin/python -m pytest -p no:cacheprovider -c Tests/Browser/pytest.ini Tests/Browser

ci: test

build: system-packages
	swift build

format:
	swift format --in-place --recursive $(SOURCES)
	.venv/bin/ruff format locust
	.venv/bin/ruff format --config locust/pyproject.toml Tests/Contract Tests/Browser Tests/Receivers

check-format:
	@echo "== checking the format"
	@swift format lint --strict --recursive $(SOURCES)

python-checks: .venv/.dev-ready
	@echo "== checking and testing the hooks"
	@cd locust && ../.venv/bin/ruff check . && ../.venv/bin/ruff format --check .
	@.venv/bin/ruff check --config locust/pyproject.toml Tests/Contract Tests/Browser Tests/Receivers
	@.venv/bin/ruff format --config locust/pyproject.toml --check Tests/Contract Tests/Browser Tests/Receivers
	@cd locust && ../.venv/bin/mypy .
	@cd locust && ../.venv/bin/python -m pytest -q

# Installs Debian packages where that is possible without asking, and says what to install elsewhere.
define install
test -z "$$missing" && exit 0; \
if [ "$$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; \
else echo "please install, as root: apt-get install$$missing"; exit 1; fi; \
echo "== installing$$missing"; \
$$as_root apt-get update -qq && $$as_root apt-get install -y -qq $$missing
endef

# What the toolchain does not bring: headers of libraries, and Python's venv.
system-packages:
	@missing=; \
	test -e /usr/include/sqlite3.h || missing="$$missing libsqlite3-dev"; \
	test -e /usr/include/pcre2.h || missing="$$missing libpcre2-dev"; \
	test -e /usr/include/zlib.h || missing="$$missing zlib1g-dev"; \
	test -e /usr/include/openssl/evp.h || missing="$$missing libssl-dev"; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing="$$missing python3-venv"; \
	$(install)

# What tests run beside the service. Debian would run Prometheus from now on, which is not what it is
# installed for.
test-packages: system-packages
	@missing=; service_of=; \
	command -v openssl >/dev/null || missing="$$missing openssl"; \
	test -x /usr/sbin/nginx || command -v nginx >/dev/null || missing="$$missing nginx-light"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v promtool >/dev/null || { missing="$$missing prometheus"; \
		service_of="prometheus prometheus-node-exporter"; }; \
	$(install) || exit 1; \
	for name in $$service_of; do \
		$$as_root systemctl disable --now $$name 2>/dev/null \
			|| $$as_root service $$name stop >/dev/null 2>&1 || true; \
	done

.venv/.ready: locust/requirements.txt
	@echo "== installing Locust into .venv"
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv/.dev-ready: locust/requirements-dev.txt .venv/.ready
	@echo "== installing the Python checkers into .venv"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# The oldest Locust whose answers the tests hold the client to.
.venv-2.32/.ready: Tests/requirements-locust-2.32.txt
	@echo "== installing Locust 2.32 into .venv-2.32"
	@$(PYTHON) -m venv .venv-2.32
	@.venv-2.32/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv-contract/.ready: Tests/Contract/requirements.txt Tests/Contract/sources.txt
	@echo "== installing schemathesis and readers of OTLP, histograms and JUnit into .venv-contract"
	@$(PYTHON) -m venv .venv-contract
	@.venv-contract/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@.venv-contract/bin/python Tests/Contract/fetch_schema.py
	@touch $@

.venv-browser/.ready: Tests/Browser/requirements.txt
	@echo "== installing Playwright into .venv-browser"
	@$(PYTHON) -m venv .venv-browser
	@.venv-browser/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

clean:
	rm -rf .build .demo .venv .venv-2.32 .venv-contract .venv-browser
