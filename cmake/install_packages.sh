#!/usr/bin/env bash
# Installs what the build needs on Debian 12, and nothing that is there already.
# Usage: cmake/install_packages.sh [--tests]
set -euo pipefail

packages=(g++ cmake ninja-build ccache pkg-config python3
    librocksdb-dev tao-pegtl-dev libfmt-dev libicu-dev libboost1.81-dev libedit-dev libcli11-dev
    libre2-dev libssl-dev libxxhash-dev libexpat1-dev zlib1g-dev libzstd-dev libbz2-dev)
case "${1:-}" in
    --tests) packages+=(catch2 python3-pexpect clang-format-14) ;;
    "") ;;
    *) echo "usage: cmake/install_packages.sh [--tests]" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$state" = "install ok installed" ] || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

sudo=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "missing packages: ${missing[*]}; run this as root" >&2; exit 1; }
    sudo=(sudo)
fi
echo "installing: ${missing[*]}" >&2
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
