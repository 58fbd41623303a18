# shellcheck shell=bash
# The steps that tools/quickstart, tools/test and .ci/run share. Sourced by them, from the top folder.

# Installs what of packages.txt, and of the packages given, is missing.
install_packages() {
  local package missing=()
  for package in $(sed 's/#.*//' tools/packages.txt) "$@"; do
    if [[ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" != "install ok installed" ]]; then
      missing+=("$package")
    fi
  done
  if ((${#missing[@]} == 0)); then return; fi
  echo "Installing ${missing[*]}"
  local as_root=()
  if ((EUID != 0)); then as_root=(sudo); fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq --yes --no-install-recommends "${missing[@]}" >/dev/null
}

# build PRESET [TARGET…]: configures and builds into build/PRESET. One line of progress on a
# terminal, elsewhere only what goes wrong.
build() {
  local preset=$1 log quiet=()
  shift
  echo "Building build/$preset"
  mkdir -p build
  log=build/configure-$preset.log
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    cat "$log" >&2
    return 1
  fi
  if [[ ! -t 1 ]]; then quiet=(--quiet); fi
  ninja -C "build/$preset" "${quiet[@]}" "$@"
}
