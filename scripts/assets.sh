#!/bin/sh
# Puts the front-end files that the wheel carries into place: what package-lock.json names, checked by its hashes.
set -eu
cd "$(dirname "$0")/.."
vendor=src/stafftalks/web/static/vendor
npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
mkdir -p "$vendor"
cp node_modules/htmx.org/dist/htmx.min.js "$vendor/htmx.min.js"
cp node_modules/htmx.org/LICENSE "$vendor/htmx.LICENSE.txt"
