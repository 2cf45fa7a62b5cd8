#!/bin/sh
# Serves the target with the draft in the folder above this file. Further arguments go to the server.
# A chain of 3: as many steps, one candidate each, and one token more to verify.
set -eu
draft=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
target=${TARGET:-'HuggingFaceTB/SmolLM2-135M-Instruct'}
exec python3 -m sglang.launch_server --model-path "$target" \
  --speculative-algorithm EAGLE3 --speculative-draft-model-path "$draft" \
  --speculative-num-steps 3 --speculative-eagle-topk 1 --speculative-num-draft-tokens 4 \
  "$@"
