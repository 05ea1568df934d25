#!/bin/bash
# What we use of the public image's entry point, for a container that does not start as root: a new cluster, the
# database with PostGIS in it, the scripts of /docker-entrypoint-initdb.d over the socket, then the server.
set -eu
export POSTGRES_USER=${POSTGRES_USER:-postgres}
export POSTGRES_DB=${POSTGRES_DB:-$POSTGRES_USER}
if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    mkdir -p "$PGDATA" && chmod 700 "$PGDATA"
    # shellcheck disable=SC2086  # a list of options
    initdb --username="$POSTGRES_USER" --pwfile=<(echo "${POSTGRES_PASSWORD:?must be set}") ${POSTGRES_INITDB_ARGS:-}
    printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    shift
    export PGPASSWORD=$POSTGRES_PASSWORD
    pg_ctl --wait start --options="$(printf '%q ' "$@" -c listen_addresses='')"
    psql -v ON_ERROR_STOP=1 --no-password -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE \"$POSTGRES_DB\""
    psql -v ON_ERROR_STOP=1 --no-password -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "CREATE EXTENSION IF NOT EXISTS postgis"
    for script in /docker-entrypoint-initdb.d/*; do
        case $script in
        # shellcheck disable=SC1090  # whatever was mounted
        *.sh) if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
        *.sql) psql -v ON_ERROR_STOP=1 --no-password -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$script" ;;
        esac
    done
    pg_ctl --wait --mode=fast stop
    unset PGPASSWORD
    set -- postgres "$@"
fi
exec "$@"
