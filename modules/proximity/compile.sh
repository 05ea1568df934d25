#!/bin/sh
# Makes a library of each C file of the modules, beside it (cutting.c → libcutting.so): `make` here, the Dockerfiles in the
# images.
#
# Every machine is to find the same, to the last bit: so nothing is contracted, and nothing is for one processor alone.
set -eu
cd "$(dirname "$0")"
for source in ../*/*/*.c; do
  library="$(dirname "$source")/lib$(basename "$source" .c).so"
  cc -std=c99 -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math -fPIC -shared -I. -o "$library" "$source" -lm
done
