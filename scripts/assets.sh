#!/bin/sh
# Makes the front-end files that the wheel carries: what package-lock.json names, checked by its hashes, and our own bundles.
set -eu
cd "$(dirname "$0")/.."
static=src/stafftalks/web/static
npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
mkdir -p "$static/vendor" "$static/dist"
cp node_modules/htmx.org/dist/htmx.min.js "$static/vendor/htmx.min.js"
cp node_modules/htmx.org/LICENSE "$static/vendor/htmx.LICENSE.txt"
cp node_modules/world-atlas/countries-110m.json "$static/vendor/world-110m.json"
cp node_modules/world-atlas/countries-50m.json "$static/vendor/world-50m.json"
sh scripts/bundle.sh
