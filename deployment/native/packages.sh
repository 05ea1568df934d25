#!/bin/sh
# Makes sure that the distribution's packages are there that running (or testing) the system needs.
#
#   deployment/native/packages.sh [chromium]
#
# Installs what is missing where it runs as root; otherwise it stops and says what to install. It needs Debian 12 or
# Ubuntu 24.04, or later: PostgreSQL 15, PostGIS 3.3, Java 17, Python 3.11.
set -eu

missing=""
need() { missing="$missing $1"; }

postgresql_major() {
    ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -n 1
}

[ -n "$(postgresql_major)" ] || need postgresql
ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || need postgresql-postgis
command -v psql >/dev/null || need postgresql-client
command -v java >/dev/null || need default-jre-headless
command -v mvn >/dev/null || need maven
python3 -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
for extra in "$@"; do
    command -v "$extra" >/dev/null || need "$extra"
done

[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "Packages of the distribution are missing. Please install them, then try again:" >&2
    echo "    sudo apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

echo "Installing packages of the distribution, once:$missing"
log=$(mktemp)
if ! {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update &&
        # shellcheck disable=SC2086  # a list
        apt-get install --yes --no-install-recommends $missing
} >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 1
fi
rm "$log"
