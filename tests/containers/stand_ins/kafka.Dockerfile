# The same Kafka from Maven Central, set up by the same class (kafka.docker.KafkaDockerWrapper) as in the public image.
ARG DEBIAN
FROM ${DEBIAN}
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jre-headless && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
 && useradd --uid 1000 --create-home appuser \
 && mkdir -p /opt/kafka/config /opt/kafka/logs /etc/kafka/docker /etc/kafka/secrets /var/lib/kafka/data /mnt/shared/config \
 && chown -R appuser /opt/kafka /etc/kafka /var/lib/kafka /mnt/shared
COPY var/programs/kafka/*.jar /opt/kafka/libs/
COPY --chmod=755 tests/containers/stand_ins/kafka_run.sh /etc/kafka/docker/run
USER appuser
EXPOSE 9092
VOLUME ["/etc/kafka/secrets", "/var/lib/kafka/data", "/mnt/shared/config"]
CMD ["/etc/kafka/docker/run"]
