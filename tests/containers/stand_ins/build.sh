#!/bin/sh
# Makes base images out of Debian's packages, under the names that the Dockerfiles and docker-compose.yml use, for a
# machine that reaches no image registry but does reach its package mirrors. Dockerfiles and compose file stay as they are.
#
#   tests/containers/stand_ins/build.sh IMAGE…
#
# Each stand-in keeps the contract of the public image as far as we use it: entry point, environment, user, folders.
# It needs root and debootstrap. DOCKER, BUILD_NETWORK and CA_BUNDLE are as for deployment/images.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../../.." && pwd)
docker=${DOCKER:-docker}
debian=udaconnect-stand-in/debian

build() { # image, Dockerfile, context, build arguments…
    image=$1 dockerfile=$2 context=$3
    shift 3
    DOCKER_BUILDKIT=1 "$docker" build --quiet --tag "$image" --file "$here/$dockerfile" --build-arg "DEBIAN=$debian" \
        ${BUILD_NETWORK:+--network "$BUILD_NETWORK"} ${CA_BUNDLE:+--secret "id=ca,src=$CA_BUNDLE"} "$@" "$context"
}

make_debian() {
    if "$docker" image inspect "$debian" >/dev/null 2>&1; then return; fi
    root=$(mktemp -d)
    trap 'rm -rf "$root"' EXIT
    debootstrap --variant=minbase --include=ca-certificates bookworm "$root" >"$root.log" 2>&1 || { cat "$root.log" >&2; exit 1; }
    rm -rf "$root.log" "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/locale/*
    find "$root/usr/share/doc" "$root/usr/share/man" -type f -delete
    printf 'path-exclude=/usr/share/%s/*\n' doc man locale >"$root/etc/dpkg/dpkg.cfg.d/excludes"
    tar -C "$root" -c . | "$docker" import - "$debian" >/dev/null
}

make_debian
for image in "$@"; do
    echo "Making a stand-in for $image"
    case $image in
    python:3.11-*) build "$image" python.Dockerfile "$here" ;;
    node:22-*) build "$image" node.Dockerfile "$here" ;;
    nginxinc/nginx-unprivileged:*) build "$image" nginx.Dockerfile "$here" ;;
    apache/kafka:*)
        make -s -C "$repository" var/programs/kafka/.made
        build "$image" kafka.Dockerfile "$repository"
        ;;
    postgis/postgis:15-*) build "$image" postgis.Dockerfile "$here" ;;
    prom/prometheus:*) build "$image" prometheus.Dockerfile "$here" ;;
    prom/node-exporter:*) build "$image" node_exporter.Dockerfile "$here" ;;
    *)
        echo "There is no stand-in for $image" >&2
        exit 1
        ;;
    esac
done
