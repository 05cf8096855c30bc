#!/bin/sh
# Makes the front-end files that the wheel carries: what package-lock.json names, checked by its hashes, and our own bundles.
set -eu
cd "$(dirname "$0")/.."
static=src/stafftalks/web/static
npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
mkdir -p "$static/vendor" "$static/dist"
cp node_modules/htmx.org/dist/htmx.min.js "$static/vendor/htmx.min.js"
# What is bundled is redistributed: the notice of every package in it goes with it.
npm ls --all --omit=dev --parseable | sed 1d | sort | while read -r package; do
  for notice in "$package"/LICEN[SC]E* "$package"/license*; do
    if [ -f "$notice" ]; then printf '== %s\n\n' "${package##*node_modules/}" && cat "$notice" && echo; fi
  done
done > "$static/vendor/LICENSES.txt"
cp node_modules/world-atlas/countries-110m.json "$static/vendor/world-110m.json"
cp node_modules/world-atlas/countries-50m.json "$static/vendor/world-50m.json"
sh scripts/bundle.sh
