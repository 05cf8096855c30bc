# Each target sets up what it needs: a virtual environment in .venv with locked packages, and the front-end files from npm.
PYTHON ?= python3
# Whose words the demonstration uses: military (two allied staffs) or civil (two civil-protection agencies).
PROFILE ?= military
VENV := .venv
BIN := $(VENV)/bin
VENDOR := src/stafftalks/web/static/vendor/htmx.min.js
LOCALE := src/stafftalks/web/locale
WORDS := $(LOCALE)/compiled

.PHONY: demo test coverage lint bench build clean assets

demo: $(VENV)/ready $(VENDOR) $(WORDS)
	$(BIN)/stafftalks demo --profile $(PROFILE)

RUN := -m pytest -n auto --dist loadgroup

test: $(VENV)/ready $(VENDOR) $(WORDS)
	npm test --silent
	$(BIN)/python $(RUN)

# How much of the core's branches its own tests reach, with those of the pages that drive each use case of a room. Counting makes these tests half as slow again,
# so it stands by itself: run it before a release, and where you change the core.
CORE_TESTS := $(addprefix tests/,values record planning accord release formats deconflict analysis services)
ROOM_TESTS := $(patsubst %,tests/web/test_web_%.py,scenarios plans talks options find tables prints writing home desk release left audit policies conflicts checks)
coverage: $(VENV)/ready
	$(BIN)/coverage erase
	$(BIN)/coverage run $(RUN) -q $(CORE_TESTS) $(ROOM_TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=95

lint: $(VENV)/ready $(VENDOR)
	npm run check --silent
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(VENV)/ready
	$(BIN)/python -m benchmarks.record --json
	$(BIN)/python -m benchmarks.exchange --json
	$(BIN)/python -m benchmarks.release --json
	$(BIN)/python -m benchmarks.web --json
	$(BIN)/python -m benchmarks.deconflict --json
	$(BIN)/python -m benchmarks.analysis --json

build: $(VENV)/ready $(VENDOR) $(WORDS)
	rm -rf dist
	$(BIN)/python -m build --no-isolation

assets: $(VENDOR)

$(VENV)/ready: requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENDOR): package.json package-lock.json scripts/assets.sh scripts/bundle.sh $(wildcard frontend/src/*.ts frontend/src/*/*.ts frontend/src/*.css)
	sh scripts/assets.sh
	touch $@

$(WORDS): $(wildcard $(LOCALE)/*/LC_MESSAGES/*.po) $(VENV)/ready
	$(BIN)/pybabel --quiet compile --directory $(LOCALE) --domain django
	touch $@

clean:
	rm -rf $(VENV) node_modules dist build $(dir $(VENDOR)) src/stafftalks/web/static/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
