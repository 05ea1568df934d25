#!/bin/sh
# Takes Prometheus and promtool out of the distribution's package, into a folder: the package itself is not installed, as
# that would start a server. Without them the tests of the alerts are skipped, which is said here.
#
#   deployment/native/prometheus.sh FOLDER
set -u
mkdir -p "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
download() { (cd "$work" && apt-get download prometheus); }
if {
    command -v apt-get && command -v dpkg-deb &&
        { download || { [ "$(id -u)" -eq 0 ] && apt-get update && download; }; } &&
        dpkg-deb --extract "$work"/prometheus_*.deb "$work/package"
} >"$work/log" 2>&1; then
    mv "$work/package/usr/bin/prometheus" "$work/package/usr/bin/promtool" "$1"
else
    echo "Without promtool the alerts are not tested. Install the package prometheus, or run \`make\` again when apt-get can fetch it:" >&2
    tail -n 3 "$work/log" >&2
fi
