#!/usr/bin/env bash
# What the samples answer, asked through the command line:
#   answers_test.sh ENTENTE SOURCE_FOLDER SCRATCH_FOLDER
set -euo pipefail
entente=$1
samples=$2/tools/samples
expected=$2/tests/samples
scratch=$3

rm -rf "$scratch"
mkdir -p "$scratch"

# load NAME: imports a sample into a database of its own, twice, and checks that the second time
# changes nothing.
load() {
  local database=$scratch/$1 count='MATCH (a)-[r]->(b) RETURN count(r), sum(size(evidence(r)))'
  "$entente" import "$database" "$samples/$1.claims.jsonl" >/dev/null
  "$entente" query "$database" "$count" --format csv >"$scratch/$1.first"
  "$entente" import "$database" "$samples/$1.claims.jsonl" >/dev/null
  "$entente" query "$database" "$count" --format csv >"$scratch/$1.second"
  diff "$scratch/$1.first" "$scratch/$1.second"
}

# check NAME QUESTION FILE: compares an answer with what is expected.
check() {
  echo "> $2"
  "$entente" query "$scratch/$1" "$2" --format csv >"$scratch/$3"
  diff "$expected/$3" "$scratch/$3"
}

load north-korea-russia
check north-korea-russia 'WHO SUPPORTS WHOM?' who_supports_whom.csv
check north-korea-russia "WHY 'Nordkorea' SUPPORTS 'Россия'?" why_north_korea_supports_russia.csv
load atlantis
check atlantis 'WHO SUPPORTS WHOM?' atlantis_who_supports_whom.csv
check atlantis "WHY 'Lemurien' AIDS 'Gezeitenfront'?" atlantis_why_lemuria_aids_tidal_front.csv
