# shellcheck shell=sh disable=SC2034,SC2154  # sourced: variables come from and go to the caller
# Shared by apps/demo.sh, tests/run.sh and .ci/run, which source it: installs what is missing and
# builds. POSIX sh only, because a bare Debian has nothing else, not even make.
#
# The caller sets `top`, the root of the source tree.

# What it takes to build the program and its unit tests.
build_packages='cmake g++ ninja-build pkg-config libcli11-dev libprotobuf-dev protobuf-compiler
  libfmt-dev zlib1g-dev libboost-filesystem-dev doctest-dev libre2-dev libutf8proc-dev
  nlohmann-json3-dev'

# What the other tests use: shells for the completions, man for the pages, Python for the JSON
# schemas, xmllint for the XML one, jq and YAML for the examples of the documents. Only tests need
# Python; the build never does.
test_packages='bash zsh fish groff jq libxml2-utils man-db python3 python3-jsonschema python3-yaml
  time'

say() { printf '== %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 2
}

# install_packages PACKAGE… installs those that are missing. With nothing missing apt is not called
# at all, so that everything works without a network.
install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system, so nothing is installed; needed are: $*"
    return 0
  fi
  missing=''
  for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=''
    [ "$status" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  # As root directly, else through sudo.
  sudo=''
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "packages are missing; as root run: apt-get install$missing"
    sudo=sudo
  fi
  say "installing$missing"
  # A broken extra package source must not stop us: if ours is reachable, the install works.
  $sudo apt-get -q update >&2 || say 'apt-get update had errors; trying all the same'
  # shellcheck disable=SC2086  # a list of words
  $sudo env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends $missing >&2 </dev/null ||
    die "apt-get could not install:$missing"
}

# build PRESET [TARGET…] configures and builds into build/PRESET.
build() {
  preset=$1
  shift
  say "building ($preset)"
  # Not required, but a second build of unchanged files costs nothing where it is installed.
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  fi
  (
    cd "$top" || exit
    cmake --preset "$preset" >&2 &&
      cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"} >&2
  ) || die "the $preset build failed"
}
