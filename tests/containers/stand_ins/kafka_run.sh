#!/bin/bash
# What we use of the public image's start: server.properties from the mounted folder, the storage formatted once.
set -euf # -f: the asterisk is for Java
export CLUSTER_ID=${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}
kafka=(java -cp '/opt/kafka/libs/*' -Dorg.slf4j.simpleLogger.defaultLogLevel=warn)
set_up=(kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker
    --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config)
if ! said=$("${kafka[@]}" "${set_up[@]}" 2>&1); then
    case $said in
    *"already formatted"*) ;;
    *) echo "$said" && exit 1 ;;
    esac
fi
# shellcheck disable=SC2086  # a list of options
exec "${kafka[@]}" ${KAFKA_HEAP_OPTS:--Xms1g -Xmx1g} -XX:+UseG1GC kafka.Kafka /opt/kafka/config/server.properties
