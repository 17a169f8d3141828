# Needs Python 3.10 or later, Node.js 20 or later, and make.
PYTHON ?= python3
PORT ?= 8000

BIN := $(CURDIR)/.venv/bin
EXTENSION := .venv/share/jupyter/labextensions/jupyterlite-asgi
DEMO := http://127.0.0.1:$(PORT)/asgi/

export PATH := $(BIN):$(PATH)

BROWSERS := CHROMIUM=$$(scripts/program.sh chromium) && FIREFOX=$$(scripts/program.sh firefox) && \
	export CHROMIUM FIREFOX &&
# Only one test, of a recipe in docs/hosting.md, needs nginx; without it that test is skipped.
NGINX := NGINX=$$(scripts/program.sh nginx) || true; export NGINX;
# Only `make test-all` uses WebKitGTK, on a display of its own; without either those tests are skipped.
test-all: WEBKIT := WEBKIT=$$(scripts/program.sh webkit) && XVFB=$$(scripts/program.sh xvfb) || true; \
	export WEBKIT XVFB;

# Each failure is printed at once, and many end the run: where a browser hangs, each test takes minutes.
PATIENCE := --instafail --maxfail 15

# For each step, one file stands for everything that it installs or builds.
ENV := .venv/.installed
NODE := node_modules/.yarn-state.yml
LABEXTENSION := jupyterlite_asgi/labextension/package.json
SITE := build/site/jupyter-lite.json
NEXT := build/next/site/jupyter-lite.json

PACKAGE := $(shell find jupyterlite_asgi \( -name '*.py' -o -name '*.mjs' \) -not -name _version.py)
FRONTEND := $(shell find src style -type f -not -name '_*.ts' -not -path '*/__tests__/*' 2>/dev/null)
EXAMPLES := $(wildcard examples/* examples/*/*)

.DELETE_ON_ERROR:
.PHONY: bench build clean demo dist format frameworks help lint setup site test test-all test-dist test-next

demo: site ## build the demo site and serve it until Ctrl+C
	@echo
	@echo "    Open $(DEMO)"
	@echo
	@python -m http.server --bind 127.0.0.1 --directory build/site $(PORT)

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' Makefile

setup: $(ENV) $(NODE) ## install all dependencies into the checkout

build: $(LABEXTENSION) ## build the extension

site: $(SITE) ## build the demo site into build/site

# Through the link, sites are built with the latest build of the labextension.
$(ENV): pyproject.toml demo/site-requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	rm -rf $(EXTENSION)
	SKIP_JUPYTER_BUILDER=1 pip install --quiet --editable '.[dev,test]' --requirement demo/site-requirements.txt
	rm -rf $(EXTENSION)
	mkdir -p $(dir $(EXTENSION))
	ln -s $(CURDIR)/jupyterlite_asgi/labextension $(EXTENSION)
	touch $@

$(NODE): package.json yarn.lock .yarnrc.yml | $(ENV)
	jlpm install
	touch $@

$(LABEXTENSION): $(ENV) $(NODE) $(PACKAGE) $(FRONTEND) $(wildcard kernel/*) \
		scripts/page_scripts.mjs scripts/kernel_wheel.py tsconfig.json tsconfig.build.json webpack.config.js
	jlpm build:prod

# Paths in demo/jupyter_lite_config.json are relative to build/, those of packages to build/lite.
# Each build starts from scratch, except for downloads, because JupyterLite would keep some settings
# of the previous one.
$(SITE): $(LABEXTENSION) $(EXAMPLES) $(wildcard demo/*.json)
	rm -rf build/site build/lite build/.jupyterlite.doit.db
	mkdir -p build/lite build/cache
	find build/cache -mindepth 1 -maxdepth 1 ! -name asgi -exec rm -rf {} +
	cp demo/jupyter-lite.json demo/jupyter_lite_config.json build/lite/
	cd build && jupyter lite build --lite-dir lite
	touch $@

# The same site, built with the next JupyterLite in an environment of its own. The lock file there is
# a copy, because the build updates the kernel's wheels in it.
$(NEXT): $(SITE) demo/next-requirements.txt
	rm -rf build/next
	$(PYTHON) -m venv build/next/env
	build/next/env/bin/pip install --quiet --requirement demo/next-requirements.txt
	SKIP_JUPYTER_BUILDER=1 build/next/env/bin/pip install --quiet --no-deps --editable .
	rm -rf build/next/env/share/jupyter/labextensions/jupyterlite-asgi
	ln -s $(CURDIR)/jupyterlite_asgi/labextension build/next/env/share/jupyter/labextensions/jupyterlite-asgi
	mkdir build/next/lite build/next/cache
	ln -s ../../cache/asgi build/next/cache/asgi
	cp demo/jupyter-lite.json demo/asgi-lock.json build/next/lite/
	sed 's|"../../demo/|"|; s|"../../|"../../../|' demo/jupyter_lite_config.json > build/next/lite/jupyter_lite_config.json
	cd build/next && PATH=$(CURDIR)/build/next/env/bin:$$PATH jupyter lite build --lite-dir lite
	touch $@

lint: $(LABEXTENSION) ## run linters and type checkers
	ruff check
	ruff format --check
	mypy
	mypy ui-tests
	jlpm lint:check

format: setup ## fix what the linters can fix
	ruff check --fix-only
	ruff format
	jlpm lint

test: lint site ## run linters, type checkers and the tests
	jlpm test
	$(NGINX) $(WEBKIT) $(BROWSERS) pytest -m "not dist" --numprocesses 3 --dist loadscope --max-worker-restart 3 $(PATIENCE) tests ui-tests

test-all: export ASGI_TEST_ALL = 1
test-all: test test-dist test-next ## all tests, including long ones, and each browser with each path of the site

test-dist: $(LABEXTENSION) ## build the distributions, install them in clean environments, and test them
	$(BROWSERS) pytest -m dist ui-tests

# JupyterLite comes from the one environment, what runs the tests from the other.
test-next: SCENES := $(patsubst %,ui-tests/test_%.py,busy drive kernel_death magic packages serve site)
test-next: $(NEXT) ## test the hooks and the main scenes with the next version of JupyterLite
	PYTHONPATH=$$(echo build/next/env/lib/python*/site-packages) pytest tests/test_hooks.py
	$(BROWSERS) ASGI_TEST_ALL= ASGI_SITE=build/next/site pytest --numprocesses 2 --dist loadscope --max-worker-restart 2 $(SCENES)

frameworks: export ASGI_TEST_ALL = 1
frameworks: site ## test all frameworks, and generate docs/frameworks.md from the results
	rm -rf build/frameworks
	$(BROWSERS) pytest --numprocesses 2 --dist loadscope --max-worker-restart 3 ui-tests/frameworks
	python ui-tests/claims_page.py
	jlpm prettier --write docs/frameworks.md

bench: site ## measure requests in the browsers, into build/bench.json
	$(BROWSERS) python ui-tests/bench.py

dist: setup ## build the distributions into dist
	rm -rf dist
	jlpm clean:all
	python -m build

clean: ## remove everything that was installed or built
	rm -rf .venv .yarn build dist lib node_modules src/_client.ts src/_waiting.ts src/_version.ts .eslintcache .stylelintcache
	rm -rf jupyterlite_asgi/_version.py jupyterlite_asgi/labextension jupyterlite_asgi/static
	find . -name '.*_cache' -prune -exec rm -rf {} +
	find . -name __pycache__ -prune -exec rm -rf {} +
