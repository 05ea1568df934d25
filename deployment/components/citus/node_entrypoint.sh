#!/bin/sh
# Nodes come to each other as whoever asks: libpq finds the password of each role, of which ROLE_PASSWORD tells, in PGPASSFILE.
set -eu
(umask 077 && env | sed -n 's/^\([A-Z_]*\)_PASSWORD=\(.*\)/*:*:*:\L\1\E:\2/p' >"$PGPASSFILE")
exec docker-entrypoint.sh "$@"
