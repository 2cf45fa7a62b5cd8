#!/bin/sh
# Serves the target with the draft in the folder above this file. Further arguments go to the server.
# A tree of 15 in 5 levels: as many steps, 4 candidates each, and one token more to verify.
set -eu
draft=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
target=${TARGET:-'org/target'}
# A folder in TARGET has no revision.
[ -n "${TARGET:-}" ] || set -- --revision 'v1.0'\''s' "$@"
exec python3 -m sglang.launch_server --model-path "$target" \
  --speculative-algorithm EAGLE3 --speculative-draft-model-path "$draft" \
  --speculative-num-steps 5 --speculative-eagle-topk 4 --speculative-num-draft-tokens 16 \
  "$@"
