ARG DEBIAN
FROM ${DEBIAN}
RUN apt-get update && apt-get install -y --no-install-recommends busybox-static \
 && cd /tmp && apt-get download prometheus-node-exporter && dpkg-deb -x prometheus-node-exporter_*.deb package \
 && mv package/usr/bin/prometheus-node-exporter /bin/node_exporter && rm -rf /tmp/* /var/lib/apt/lists/* /var/cache/apt/* \
 && ln -s /bin/busybox /usr/local/bin/wget
USER 65534
EXPOSE 9100
ENTRYPOINT ["/bin/node_exporter"]
