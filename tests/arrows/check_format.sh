#!/usr/bin/env bash
# Fails when a source file is not as .clang-format says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
formatter=$(command -v clang-format-14 || command -v clang-format) ||
    { echo "clang-format is not installed" >&2; exit 1; }
git ls-files -z '*.h' '*.cpp' | xargs -0 -P 2 -n 20 "$formatter" --dry-run -Werror
