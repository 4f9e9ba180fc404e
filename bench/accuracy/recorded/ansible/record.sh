#!/bin/sh
# record.sh FOLDER: plays playbook.yml eight times, one after another, and keeps the times of each run.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/conf"
cd "$1"
seq -f 'node-%02g' 50 > hosts
run=0
for settings in "20 1" "15 1.15" "25 0.9" "20 1.1" "12 1" "20 0.85" "25 1.2" "20 1"; do
  run=$((run + 1))
  forks=${settings% *}
  pace=${settings#* }
  TIMES="run-$run.jsonl" ANSIBLE_CALLBACK_PLUGINS="$here/callback" ANSIBLE_CALLBACKS_ENABLED=times ANSIBLE_PIPELINING=1 \
    ansible-playbook -i hosts -f "$forks" -e "pace=$pace" -e "folder=$PWD/conf" "$here/playbook.yml" > "run-$run.log"
  echo "run $run: $forks forks, pace $pace"
done
