#!/bin/sh
# Runs bootstrap.sql when the image of PostgreSQL makes a new cluster: lies in its /docker-entrypoint-initdb.d.
# The passwords go by the environment: what stands in arguments, anybody on the machine could read.
set -eu
psql --no-psqlrc --no-password --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 <<'SQL'
\getenv owner_password UDACONNECT_PASSWORD
\getenv person_service_password PERSON_SERVICE_PASSWORD
\getenv location_consumer_password LOCATION_CONSUMER_PASSWORD
\getenv meeting_finder_password MEETING_FINDER_PASSWORD
\getenv connection_service_password CONNECTION_SERVICE_PASSWORD
\getenv retention_password RETENTION_PASSWORD
\i /etc/udaconnect/bootstrap.sql
SQL
