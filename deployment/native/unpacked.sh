#!/bin/sh
# Takes programs out of a package of the distribution, into a folder: the package itself is not installed, as that would
# start a server.
#
#   deployment/native/unpacked.sh FOLDER PACKAGE PROGRAM…
set -eu
folder=$1 package=$2
shift 2
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
download() { (cd "$work" && apt-get download "$package"); }
if ! {
    { download || { [ "$(id -u)" -eq 0 ] && apt-get update && download; }; } &&
        dpkg-deb --extract "$work/${package}"_*.deb "$work/unpacked"
} >"$work/log" 2>&1; then
    echo "The distribution's package $package, which tests need, cannot be downloaded:" >&2
    tail -n 3 "$work/log" >&2
    exit 1
fi
for program in "$@"; do mv "$work/unpacked/usr/bin/$program" "$folder"; done
