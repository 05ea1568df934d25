#!/bin/sh
# Builds Traefik from its Go module, with which `make test-cluster` runs the Ingress; beside it, the definitions of its resources.
#
#   deployment/native/traefik.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
traefik=3.7.13
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

unpacked() { # module@version
    "$here/go.sh" mod download -json "$1" | sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p'
}
source=$(unpacked "github.com/traefik/traefik/v3@v$traefik")
named() { # what follows in its go.mod
    sed -n "s|^\s*$1 ||p" "$source/go.mod" | tr ' ' @
}

# It gets no certificates by itself here, for which it would bring along the clients of two hundred sellers of names.
cp -R "$(unpacked "github.com/go-acme/lego/v5@$(named github.com/go-acme/lego/v5)")" lego
chmod -R u+w lego
rm -r lego/providers/dns/*
cat >lego/providers/dns/none.go <<END
package dns

import (
	"errors"

	"github.com/go-acme/lego/v5/challenge"
)

func NewDNSChallengeProviderByName(string) (challenge.Provider, error) { return nil, errors.New("not built in") }
END

# A folder of its repository that is no part of the module: where its makers add to it. Nobody does.
mkdir extensions
cat >extensions/extensions.go <<END
package ext

type (
	HTTP   struct{}
	Router struct{}
)
END
echo "module github.com/traefik/traefik/dynamic/ext" >extensions/go.mod

# Its fork of go-http-auth (Basic and Digest, which nothing here asks for) is not to be had in the version that it names.
"$here/go.sh" mod init ingress 2>/dev/null
"$here/go.sh" mod edit "-require=github.com/traefik/traefik/v3@v$traefik" \
    -replace=github.com/go-acme/lego/v5=./lego -replace=github.com/traefik/traefik/dynamic/ext=./extensions \
    "-replace=github.com/gorilla/mux=$(named "github.com/gorilla/mux =>")" \
    -replace=github.com/abbot/go-http-auth=github.com/containous/go-http-auth@v0.4.1-0.20200324110947-a37a7636d23e
CGO_ENABLED=0 nice -n 19 "$here/go.sh" build -p 2 -mod=mod -trimpath \
    -ldflags "-s -w -X github.com/traefik/traefik/v3/pkg/version.Version=$traefik" \
    -o "$folder/traefik" github.com/traefik/traefik/v3/cmd/traefik
install -m 644 "$source/docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml" "$folder/definitions.yaml"
