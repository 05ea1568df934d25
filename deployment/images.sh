#!/bin/sh
# Builds every image with one tag.
#
#   deployment/images.sh [TAG]
#
# DOCKER         the client, `docker` if not said
# REGISTRY       what stands before the names, `udaconnect` if not said
# BUILD_NETWORK  the network of the build steps, as for `docker build --network`
# CA_BUNDLE      a file of certificates to trust while packages are fetched, behind a proxy that has its own
set -eu
cd "$(dirname "$0")/.."
tag=${1:-0.1.0}
registry=${REGISTRY:-udaconnect}
for dockerfile in modules/*/Dockerfile db/Dockerfile; do
    folder=$(basename "$(dirname "$dockerfile")")
    [ "$folder" != db ] || folder=migrations
    echo "Building $registry/$folder:$tag"
    # From standard input: by name, BuildKit would take two of the same length and time, as an archive of the source has
    # them, for the same one.
    DOCKER_BUILDKIT=1 "${DOCKER:-docker}" build --quiet --file - --tag "$registry/$folder:$tag" \
        --build-arg "VERSION=$tag" ${BUILD_NETWORK:+--network "$BUILD_NETWORK"} \
        ${CA_BUNDLE:+--secret "id=ca,src=$CA_BUNDLE"} . <"$dockerfile"
done
