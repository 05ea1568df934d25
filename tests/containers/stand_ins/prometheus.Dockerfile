# Prometheus without the package's JavaScript libraries: nobody looks at its pages here.
ARG DEBIAN
FROM ${DEBIAN}
RUN apt-get update && apt-get install -y --no-install-recommends busybox-static \
 && cd /tmp && apt-get download prometheus && dpkg-deb -x prometheus_*.deb package && mv package/usr/bin/prometheus /bin/prometheus \
 && rm -rf /tmp/* /var/lib/apt/lists/* /var/cache/apt/* \
 && ln -s /bin/busybox /usr/local/bin/wget && install -d -o 65534 -g 65534 /prometheus
USER 65534
WORKDIR /prometheus
VOLUME /prometheus
EXPOSE 9090
ENTRYPOINT ["/bin/prometheus"]
