#!/bin/sh
# Serves the target with the draft in the folder above this file. Further arguments go to the server.
set -eu
draft=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
case $draft in *[\"\\]*)
  echo "The path of this folder has a quote or a backslash in it; move it: $draft" >&2
  exit 2
  ;;
esac
target=${TARGET:-'org/target'}
# A folder in TARGET has no revision.
[ -n "${TARGET:-}" ] || set -- --revision 'v1.0'\''s' "$@"
exec vllm serve "$target" \
  --speculative-config "{\"method\":\"eagle3\",\"model\":\"$draft\",\"num_speculative_tokens\":3,\"draft_tensor_parallel_size\":1}" \
  "$@"
