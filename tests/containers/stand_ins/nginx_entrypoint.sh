#!/bin/sh
# What we use of the public image's entry point: templates, and the addresses of the name servers for them.
set -eu
if [ -n "${NGINX_ENTRYPOINT_LOCAL_RESOLVERS:-}" ]; then
    NGINX_LOCAL_RESOLVERS=$(awk '$1 == "nameserver" { print ($2 ~ /:/) ? "[" $2 "]" : $2 }' /etc/resolv.conf)
    export NGINX_LOCAL_RESOLVERS
fi
names=$(env | awk -F= '{ printf "${%s} ", $1 }')
for template in /etc/nginx/templates/*.template; do
    file=${template##*/}
    envsubst "$names" <"$template" >"${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}/${file%.template}"
done
exec "$@"
