#!/usr/bin/env bash
# build_lines_test.sh SOURCE_FOLDER LIBRARY_FOLDER EXAMPLES DATABASE: the lines with which README.md
# builds its examples build them, and the programs answer. EXAMPLES holds example_cpp.cpp and
# example_c.c.
set -euo pipefail
source_folder=$1 library_folder=$2 examples=$3 database=$4
cd "$source_folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$examples/example_cpp.cpp" "$work/example.cc"
cp "$examples/example_c.c" "$work/example.c"

# build_and_run COMPILER: README's line that begins with it, from here to there.
build_and_run() {
  local line
  line=$(grep -E "^$1 .* -lentente" README.md)
  line=${line//build\/release/$library_folder}
  line=${line/ example.c/ "$work/example.c"}
  line=${line/-o example/-o "$work/example"}
  eval "$line"
  "$work/example" "$database" | grep "North Korea PROVIDE_MILITARY_AID Russia"
}
build_and_run 'g\+\+'
build_and_run cc
