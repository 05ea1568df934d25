#!/bin/sh
# Takes Prometheus and promtool out of the distribution's package, into a folder: the package itself is not installed, as
# that would start a server.
#
#   deployment/native/prometheus.sh FOLDER
set -eu
mkdir -p "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
download() { (cd "$work" && apt-get download prometheus); }
if ! {
    { download || { [ "$(id -u)" -eq 0 ] && apt-get update && download; }; } &&
        dpkg-deb --extract "$work"/prometheus_*.deb "$work/package"
} >"$work/log" 2>&1; then
    echo "The distribution's package prometheus, with which the alerts are tested, cannot be downloaded:" >&2
    tail -n 3 "$work/log" >&2
    exit 1
fi
mv "$work/package/usr/bin/prometheus" "$work/package/usr/bin/promtool" "$1"
