#!/usr/bin/env bash
# Runs every fuzz target for a minute, or for as many seconds as the first argument says.
set -euo pipefail
cd "$(dirname "$0")/.."
for target in $(cargo +nightly fuzz list); do
    printf '\n== %s\n' "$target"
    cargo +nightly fuzz run "$target" -- -max_total_time="${1:-60}" -max_len=65536
done
