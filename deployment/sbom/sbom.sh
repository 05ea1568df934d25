#!/bin/sh
# Lists what is shipped, with versions and hashes: CycloneDX, a file for each image (and the client), in var/sbom.
set -eu
cd "$(dirname "$0")/../.."
program=var/programs/cyclonedx
out=var/sbom

if ! cmp -s deployment/sbom/requirements.txt "$program/requirements.txt"; then
    rm -rf "$program"
    python3 -m venv "$program"
    "$program/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r deployment/sbom/requirements.txt
    cp deployment/sbom/requirements.txt "$program"
fi
mkdir -p "$out"
for lock in modules/*/requirements.txt db/requirements.txt; do
    name=$(basename "$(dirname "$lock")")
    [ "$name" != db ] || name=migrations
    "$program/bin/cyclonedx-py" requirements --spec-version 1.6 --output-reproducible --mc-type application \
        --output-file "$out/$name.cdx.json" "$lock"
done
npm --prefix modules/frontend sbom --sbom-format cyclonedx --sbom-type application --package-lock-only --omit dev >"$out/frontend.cdx.json"
ls "$out"/*.cdx.json
