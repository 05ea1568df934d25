#!/bin/sh
# Fetches the schemas of the operators' custom resources, with which the tests check our manifests.
#
#   deployment/native/crds.sh FOLDER
set -eu
mkdir -p "$1"
cd "$1"
while read -r sum path; do
    curl --fail --silent --show-error --location --retry 3 --output new.yaml "https://raw.githubusercontent.com/$path"
    echo "$sum  new.yaml" | sha256sum --check --status
    mv new.yaml "$(basename "$path")"
done <<END
b5b27fc8d52068a77cde7c40d47c068023c7b4e92fc266c45200db2d2506392a strimzi/strimzi-kafka-operator/1.2.0/install/cluster-operator/040-Crd-kafka.yaml
411c1b32ef8c1a6408ac9d4fe791115a6ce2b41107204588f976a3ed19be2430 strimzi/strimzi-kafka-operator/1.2.0/install/cluster-operator/045-Crd-kafkanodepool.yaml
ae47f4a00f6e998faef57e480f9a3960cd48ea16a79270861fc7442601507472 cloudnative-pg/cloudnative-pg/v1.30.0/config/crd/bases/postgresql.cnpg.io_clusters.yaml
af35555862a83933b074af14ad439c4b4ceabaf4daa3e9338e9b23e36d308d80 kedacore/keda/v2.20.2/config/crd/bases/keda.sh_scaledobjects.yaml
a99047972c9dd7679ce2050b9968e8a08773492e671b3e17abd476d42aa78a32 prometheus-operator/prometheus-operator/v0.93.0/example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml
78be98554b9c8506ab2b4f4feb91c5f3a56e536a0a510f3a8e876a459970d56d prometheus-operator/prometheus-operator/v0.93.0/example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml
END
