#!/bin/sh
# Makes the passwords of the database's roles, once: .env for docker compose, in which what is there already stays, and
# for the local cluster a file a role, of which kustomize makes Secrets. None of it is in git.
set -eu
cd "$(dirname "$0")/.."
umask 077
secrets=deployment/overlays/local/secrets
mkdir -p "$secrets"
touch .env
while IFS= read -r line; do
    name=${line%%=*}
    case $line in
    *_PASSWORD=)
        grep -q "^$name=." .env || echo "$name=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')" >>.env
        role=$(echo "${name%_PASSWORD}" | tr '[:upper:]' '[:lower:]')
        printf 'username=%s\npassword=%s\n' "$role" "$(sed -n "s/^$name=//p" .env | tail -n 1)" >"$secrets/$role.env"
        ;;
    esac
done <.env.example
