#!/bin/sh
# Google's exact substrings by the README of deduplicate-text-datasets, its steps for one thread:
# suffix array, repeated strings of 100 bytes or more, byte ranges.
#
#     google_substrings.sh BINARY TEXT FOLDER
set -eu
mkdir -p "$3/cache"
"$1" make --data-file "$2"
"$1" self-similar --data-file "$2" --length-threshold 100 --cache-dir "$3/cache" --num-threads 1
"$1" collect --data-file "$2" --length-threshold 100 --cache-dir "$3/cache" > "$3/ranges.txt"
