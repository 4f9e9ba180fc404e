#!/bin/sh
# record.sh FOLDER: applies main.tf eight times from nothing, one after another, and keeps what `terraform apply -json` prints.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
run=0
for settings in "10 1" "10 1.2" "8 0.9" "10 1" "12 1.1" "10 0.85" "6 1" "10 1.15"; do
  run=$((run + 1))
  parallelism=${settings% *}
  pace=${settings#* }
  work=run-$run
  mkdir -p "$work"
  cp "$here/main.tf" "$work"
  (
    cd "$work"
    terraform init -input=false > init.log
    terraform apply -json -auto-approve -input=false -parallelism="$parallelism" -var "pace=$pace" > apply.jsonl
  )
  echo "run $run: parallelism $parallelism, pace $pace"
done
