#!/bin/sh
# Bundles frontend/src/*.ts, one file a page part, into what the pages load. Needs node_modules (see assets.sh).
set -eu
cd "$(dirname "$0")/.."
static=src/stafftalks/web/static
rm -rf "$static/dist/chunks"
node_modules/.bin/esbuild frontend/src/*.ts --bundle --splitting --chunk-names=chunks/[name]-[hash] --minify --format=esm --target=es2022 \
  --outdir="$static/dist" \
  --legal-comments=linked --log-level=warning
