#!/bin/sh
# Makes one store of a coordinator and its workers; may be run at any time and any number of times.
#
#   PGPASSWORD=… join_nodes.sh COORDINATOR WORKER…
#
# With a worker Citus takes over there the roles, with their passwords, and the extensions that the coordinator has by then
# (db/bootstrap.sql), and from then on what is changed about them.
set -eu
export PGHOST="$1" PGUSER=postgres PGDATABASE=udaconnect PGCONNECT_TIMEOUT=5
shift

join() {
    {
        echo "CREATE EXTENSION IF NOT EXISTS citus;" # on workers, and in a new store, the image has done that
        echo "SELECT citus_set_coordinator_host('$PGHOST');"
        for worker; do echo "SELECT citus_add_node('$worker', 5432);"; done
    } | psql --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1
}

for _ in $(seq 60); do # a node may still be starting
    if join "$@"; then exit 0; fi
    sleep 5
done
exit 1
