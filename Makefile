PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The packages that come with constraints.txt are the ones the tests pass with.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
apt = { apt-get update --quiet && apt-get install --yes --quiet --no-install-recommends $(1); }
FAST := $(BIN)/python -m pytest -m "not slow" --hypothesis-profile=fast --ignore tests/browser --ignore tests/qa/web

.PHONY: serve demo test test-fast check format widget lock sbom audit clean

## serve: install, build the index of the bundled articles if there is none, open the chat
serve: $(VENV)/installed
	@case "$$ARTICLE_QA_INDEX" in postgres*) ;; *) \
	  test -f "$${ARTICLE_QA_INDEX:-.article-qa}/current" || $(BIN)/article-qa build ;; esac
	$(BIN)/article-qa serve

## demo: the same articles, and a publisher's page on http://127.0.0.1:8000 with the widget in it
demo: $(VENV)/installed
	@case "$$ARTICLE_QA_INDEX" in postgres*) ;; *) \
	  test -f "$${ARTICLE_QA_INDEX:-.article-qa}/current" || $(BIN)/article-qa build ;; esac
	@echo "A publisher's page: http://127.0.0.1:8000"
	@$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory examples/publisher 2>/dev/null & site=$$!; \
	  trap "kill $$site" EXIT; ARTICLE_QA_ORIGINS=http://127.0.0.1:8000 $(BIN)/article-qa serve

## test: install with the test extra and a browser, run every test
test: $(VENV)/installed-test $(VENV)/browser
	$(BIN)/python -m pytest

## test-fast: the tests that need no model, server or browser; importing Gradio alone would take seconds
test-fast: $(VENV)/installed-test
	$(FAST)

## check: format, lint, types, fast tests
check: $(VENV)/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(FAST)

## format: put the code in the house format
format: $(VENV)/installed-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## widget: make the script that is served of its source, and write down its integrity
widget: $(VENV)/installed-test
	$(BIN)/python -m rjsmin < qa/web/static/widget/widget.js > qa/web/static/widget/v1.js
	sed -i "s|integrity=\".*\"|integrity=\"sha384-$$(openssl dgst -sha384 -binary qa/web/static/widget/v1.js | base64 -w0)\"|" docs/widget.md

## lock: write down every package of an installation with its hashes, but torch: which build of it is each machine's
lock: $(VENV)/installed-release
	printf "torch ; python_version < '3'" | $(BIN)/uv pip compile pyproject.toml --quiet --constraint constraints.txt \
	  --override /dev/stdin --generate-hashes --no-annotate --no-header --python-version 3.11 --universal -o requirements.lock

## sbom: what is installed, with licences, as CycloneDX
sbom: $(VENV)/installed-release
	mkdir -p build
	$(BIN)/cyclonedx-py environment $(VENV) -o build/sbom.json

## audit: known faults of the packages; asks a service on the internet
audit: $(VENV)/installed-release
	$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip

clean:
	rm -rf $(VENV) .article-qa build *.egg-info

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable .
	touch $@

$(VENV)/installed-test: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable '.[test]'
	touch $@ $(VENV)/installed

$(VENV)/installed-release: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable '.[release]'
	touch $@ $(VENV)/installed

# Chromium, the machine's, else Debian's where apt can be used, else Playwright's own; Firefox likewise.
$(VENV)/browser: | $(VENV)/installed-test
	command -v chromium || command -v google-chrome || command -v chromium-browser || $(call apt,chromium) \
	  || $(BIN)/playwright install chromium
	command -v firefox-esr || command -v firefox || $(call apt,firefox-esr) \
	  || { echo "The tests need Firefox too; install it and run make again"; exit 1; }
	touch $@
