#!/bin/bash
# fail.sh CAUSE N HOST FOLDER: fails for real, of the cause, with names and numbers of the variant N.
set -euo pipefail
cause=$1 n=${2:-} host=${3:-} folder=${4:-}

unbound() { echo "size of $host: $n"; echo "${FLAVOR_OF_HOST}"; }
no_command() { echo "== $host"; cloud-reboot "$host" --wait "$n"; }
exists() { mkdir -p "$folder/$host" && mkdir "$folder/$host"; }
no_file() { cp "$folder/$host/pg_hba.conf" /etc/; }
full() { dd if=/dev/zero of=/dev/full bs="$((n * 512))" count=1; }
refused() { curl -fsS "http://127.0.0.1:$((20000 + 23 * n))/$host"; }
no_name() { curl -fsS "http://$host.invalid/"; }
no_package() { apt-get install -y "postgresql-client" "libcluster$n-agent"; }
not_an_archive() { head -c "$((n * 100))" /dev/urandom > "$folder/$host.tar.gz"; tar -xzf "$folder/$host.tar.gz" -C "$folder"; }
no_repository() { git clone "$folder/$host.git" "$folder/clone-$n"; }
certificate() { openssl x509 -noout -enddate -in <(echo "$host $n"); }
killed() { echo "joining $host"; bash -c 'kill -9 $$'; echo "never"; }
silent() { set -x; test -s "$folder/$host.lock"; }
in_make() { printf 'all:\n\t@echo "building %s"\n\t@sed --in-place s/a/b/ %s/none-%s\n' "$host" "$folder" "$n" > "$folder/Makefile"; make -C "$folder" all; }
read_only() { echo "$host" > "/proc/sys/kernel/ostype"; }
syntax() { printf 'if true; then\n echo %s\n' "$host" > "$folder/$host.sh"; bash "$folder/$host.sh"; }
busy() { rmdir "$folder/.."; }

if [ "$cause" = causes ]; then
  declare -F | awk '{ print $3 }' | tr '\n' ' '
else
  "$cause"
fi
