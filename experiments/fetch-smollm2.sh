#!/bin/sh
# Puts model and data of smollm2-135m.json under artifacts/ and checks every file. Run again, it does only what is missing.
# Usage: experiments/fetch-smollm2.sh [FOLDER]    FOLDER holds models/ and data/; ../shared beside the repository when left out.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
from=${1:-$root/../shared}

# What sha256sum says of the file, or nothing when it is not there.
digest() {
    if [ -f "$1" ]; then sha256sum "$1" | cut -d ' ' -f 1; fi
}

# fetch SHA256 PATH: copies or unpacks one file, by way of a name of its own, so that a file under artifacts/ is always whole.
fetch() {
    to=$root/artifacts/$2
    if [ "$(digest "$to")" = "$1" ]; then return; fi

    mkdir -p "$(dirname "$to")"
    if [ -f "$from/$2" ]; then
        cat "$from/$2" > "$to.part"
    elif [ -f "$from/$2.xz" ]; then
        xz -dc "$from/$2.xz" > "$to.part"
    else
        echo "fetch-smollm2: neither $from/$2 nor $from/$2.xz is there; name the folder that holds models/ and data/" >&2
        exit 1
    fi

    found=$(digest "$to.part")
    if [ "$found" != "$1" ]; then
        rm -f "$to.part"
        echo "fetch-smollm2: $from/$2 has SHA-256 $found, expected $1; is it another version?" >&2
        exit 1
    fi

    mv "$to.part" "$to"
    echo "$2"
}

model=models/smollm2-135m-instruct
fetch 2643e5c7d5189d801029ae3f5e648b6ef700cd7dc4d763c69ff2a6a8ffb5a851 $model/config.json
fetch 87b916edaaab66b3899b9d0dd0752727dff6666686da0504d89ae0a6e055a013 $model/generation_config.json
fetch 2b7379f3ae813529281a5c602bc5a11c1d4e0a99107aaa597fe936c1e813ca52 $model/special_tokens_map.json
fetch 996e10319fe857d19479053771a8c2f9262ea62586ab3f4477c94500bed19b7f $model/tokenizer.json
fetch 10e1a7f285ffe48c95225828556cb756c81fae5233869dcc9f4e9ff267fa19b9 $model/tokenizer_config.json
fetch 0b2cf8b8a07698359daf051e003bc8c10f542d900d4c0c60036616e6f1f45371 $model/model.safetensors
fetch 7e3407600d96f8ab6defebe6be8422c81585780782297f1a22ee3fb8998e693a data/smollm2/train.jsonl
fetch 67539f8376b741697eee53844f00703e2d12e42b1529dedb12ba8727773a6a60 data/smollm2/heldout.jsonl
fetch 8ad3e5a7fc61b88d8e25edb81a52a2ce00a04494d5694c122cb11a5cc26a00df data/benchmarks/alpaca/question.jsonl
fetch a55920b2f2aac724241124c59e5b8e8168dbbeb2ab0fdbee17d5b0ab6db5ff27 data/benchmarks/gsm8k/question.jsonl
fetch ce0244e2b228339e9a11afc63a151719beede1e389fdaec7cd9751d33902180e data/benchmarks/humaneval/question.jsonl
fetch 119565adbab82227089cefdb44c8d7e2cf04dc0a0ec233634c82e7d4e2a944f7 data/benchmarks/mt_bench/question.jsonl
