#!/bin/sh
# Builds the programs of a one-node Kubernetes from the Go modules of their releases, with which `make test-cluster` runs
# the manifests: a cluster needs no registry of images then. Each is pinned by its version; Go's checksum database
# vouches for it.
#
#   deployment/native/kubernetes.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
kubernetes=1.37.2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The modules that Kubernetes keeps beside itself bear no version in its go.mod; they are published as v0.37.2.
go_mod=$("$here/go.sh" mod download -json "k8s.io/kubernetes@v$kubernetes" | sed -n 's/^.*"GoMod": "\(.*\)".*$/\1/p')
"$here/go.sh" mod init cluster 2>/dev/null
"$here/go.sh" mod edit "-require=k8s.io/kubernetes@v$kubernetes" \
    -require=go.etcd.io/etcd/server/v3@v3.7.3 -require=github.com/coredns/coredns@v1.15.0 \
    $(sed -n "s/^\s*\(k8s.io\/[a-z-]*\) v0\.0\.0\$/-replace=\1=\1@v0${kubernetes#1}/p" "$go_mod" | sort -u)

# Of the name server only what a cluster needs; all of its plugins take as long to build as Kubernetes itself.
mkdir coredns pause
cat >coredns/main.go <<END
package main

import (
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/template"
)

func main() { coremain.Run() }
END

# A pod's first process: holds its namespaces until it is told to end.
cat >pause/main.go <<END
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signal.Ignore(syscall.SIGCHLD) // the kernel reaps whoever loses its parent
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	<-end
}
END

export CGO_ENABLED=0
version=k8s.io/component-base/version
build() { # program, package
    echo "Building $1"
    nice -n 19 "$here/go.sh" build -p 2 -mod=mod -trimpath \
        -ldflags "-s -w -X $version.gitVersion=v$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=37" -o "$folder/$1" "$2"
}
build pause ./pause
build etcd go.etcd.io/etcd/server/v3
for program in kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubectl kubelet; do
    build $program k8s.io/kubernetes/cmd/$program
done
build coredns ./coredns

# What Kubernetes has not of its own is a module each, as they need other releases of what they share with it.
build_alone() { # program, module, package
    mkdir "$1"
    (
        cd "$1"
        "$here/go.sh" mod init "$1" 2>/dev/null
        "$here/go.sh" mod edit "-require=$2"
        build "$1" "$3"
    )
}
# Enforces the network policies. 2.1.0 is the only release that the proxy has. Of its known flaws, one is in the proxy of
# Services (GHSA-phqm-jgc3-qf8g: whoever may make a Service with externalIPs gets others' packets), the rest are in its BGP;
# neither runs on the tests' node, only the firewall does, and all Services there are ours.
build_alone kube-router github.com/cloudnativelabs/kube-router/v2@v2.1.0 github.com/cloudnativelabs/kube-router/v2/cmd/kube-router
# What the autoscalers go by.
build_alone metrics-server sigs.k8s.io/metrics-server@v0.9.0 sigs.k8s.io/metrics-server/cmd/metrics-server
