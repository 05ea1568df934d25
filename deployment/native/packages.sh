#!/bin/sh
# Makes sure that the distribution's packages are there that running (or testing) the system needs.
#
#   deployment/native/packages.sh [chromium] [containers] [cluster]
#
# `chromium` is for the tests of the page, `containers` for building the images and running docker-compose.yml, `cluster`
# for what a node of Kubernetes starts pods with. Installs what is missing where it runs as root; otherwise it stops and
# says what to install. It needs Debian 12 or Ubuntu 24.04, or later: PostgreSQL 15, PostGIS 3.3, Java 17, Python 3.11.
set -eu

missing=""
need() { missing="$missing $1"; }

postgresql_major() {
    ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -n 1
}

[ -n "$(postgresql_major)" ] || need postgresql
ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || need postgresql-postgis
command -v psql >/dev/null || need postgresql-client
command -v java >/dev/null || need default-jre-headless
command -v mvn >/dev/null || need maven
command -v cc >/dev/null || need "gcc libc6-dev"
python3 -c 'import ensurepip, venv' 2>/dev/null || need python3-venv

# A client of Docker before 23 brings BuildKit along, a later one needs its plugin buildx.
can_build() {
    for docker in docker /usr/bin/docker; do
        major=$("$docker" version --format '{{.Client.Version}}' 2>/dev/null | cut -d . -f 1)
        if [ "${major:-99}" -lt 23 ] || "$docker" buildx version >/dev/null 2>&1; then return; fi
    done
    return 1
}

# The first of these that the distribution has, if it has any. An image that was just made knows of no package yet.
need_one_of() {
    [ "$(id -u)" -ne 0 ] || apt-get update >/dev/null 2>&1 || true
    for package in "$@"; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            need "$package"
            return
        fi
    done
}

containers() {
    if ! can_build; then
        need docker.io
        need_one_of docker-buildx
    fi
    docker compose version >/dev/null 2>&1 || docker-compose version >/dev/null 2>&1 || need_one_of docker-compose-v2 docker-compose
    # Where no engine runs and no registry answers, only root can do something about it.
    [ "$(id -u)" -eq 0 ] || return 0
    command -v dockerd >/dev/null || docker info >/dev/null 2>&1 || need docker.io
    command -v iptables >/dev/null || need iptables
    command -v debootstrap >/dev/null || need debootstrap
}

# Where the distribution has Chromium without its windows as well, most tests of the page use that: it costs less. Not named
# as the program is: `command -v` would find the function.
browser() {
    if ! command -v chromium >/dev/null; then
        need chromium
        need_one_of chromium-headless-shell
    elif apt-cache show chromium-headless-shell >/dev/null 2>&1; then
        command -v chromium-headless-shell >/dev/null || need chromium-headless-shell
    fi
}

# Only root can make a node.
cluster() {
    [ "$(id -u)" -eq 0 ] || return 0
    command -v containerd >/dev/null || need containerd
    command -v runc >/dev/null || need runc
    command -v iptables >/dev/null || need iptables
    command -v ipset >/dev/null || need ipset
    command -v ip >/dev/null || need iproute2
    [ -x /usr/lib/cni/bridge ] || need containernetworking-plugins
}

for extra in "$@"; do
    case $extra in
    chromium) browser ;;
    containers) containers ;;
    cluster) cluster ;;
    *) PATH="$PATH:/usr/sbin" command -v "$extra" >/dev/null || need "$extra" ;;
    esac
done

[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "Packages of the distribution are missing. Please install them, then try again:" >&2
    echo "    sudo apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

echo "Installing packages of the distribution, once:$missing"
log=$(mktemp)
if ! {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update &&
        # shellcheck disable=SC2086  # a list
        apt-get install --yes --no-install-recommends $missing
} >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 1
fi
rm "$log"
