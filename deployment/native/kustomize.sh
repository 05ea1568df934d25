#!/bin/sh
# Makes kustomize, with which the tests render the manifests, where there is no kubectl (which has it built in). It is
# built from its source.
#
#   deployment/native/kustomize.sh FOLDER
set -eu
mkdir -p "$1"
! command -v kubectl >/dev/null && ! command -v kustomize >/dev/null || exit 0
folder=$(cd "$1" && pwd)
GOBIN=$folder "$(dirname "$0")/go.sh" install sigs.k8s.io/kustomize/kustomize/v5@v5.7.1
