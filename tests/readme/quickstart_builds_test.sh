#!/usr/bin/env bash
# quickstart_builds_test.sh SOURCE_FOLDER BUILD_FOLDER: what tools/quickstart builds is the program
# and the library that README.md's embedding examples link.
set -euo pipefail
read -ra targets < <(sed -n 's/^build release //p' "$1/tools/quickstart")
commands=$(ninja -C "$2" -t commands "${targets[@]}")
for file in entente libentente.so; do
  if ! grep -qF -- " -o $file " <<<"$commands"; then
    echo "tools/quickstart does not build $file" >&2
    exit 1
  fi
done
