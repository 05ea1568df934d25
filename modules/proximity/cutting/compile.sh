#!/bin/sh
# Makes libcutting.so of the cutting.c beside it: `make` here, the Dockerfiles in the images.
#
# Every machine is to find the same, to the last bit: so nothing is contracted, and nothing is for this one's processor.
set -eu
cd "$(dirname "$0")"
cc -std=c99 -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math -fPIC -shared -o libcutting.so cutting.c -lm
