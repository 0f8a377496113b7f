#!/bin/sh
# secrets.sh [FOLDER]: makes the secrets that the fleet needs, in deploy/secrets or FOLDER.
#
# What is there already is never touched, so it can be run again at any time: it adds what is missing. Every password is
# 256 random bits. The folder is its owner's alone (0700), so nobody else on this machine gets at the files; inside they
# are 0444, because the containers that are given one run as users of their own.
set -eu
umask 077

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/secrets}
mkdir -p "$folder"
chmod 700 "$folder"

# keep NAME: takes the content from stdin; whole or not at all, also if this is interrupted.
keep() {
  cat >"$folder/.$1.new"
  [ -s "$folder/.$1.new" ]
  chmod 444 "$folder/.$1.new"
  mv "$folder/.$1.new" "$folder/$1"
  echo "made $1"
}

lacks() {
  [ ! -e "$folder/$1" ]
}

password() {
  if lacks "$1"; then
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n' | keep "$1"
  fi
}

word() {
  cat "$folder/$1"
}

# PostgreSQL: its superuser, and a login for each role with the url that it uses.
password postgres_password
for role in migrate api gateway; do
  password "postgres_${role}_password"
  if lacks "database_url_$role"; then
    printf 'postgres://confab_%s_login:%s@postgres:5432/confab' "$role" "$(word "postgres_${role}_password")" |
      keep "database_url_$role"
  fi
done

# NATS: a user for each role, and the page with which deploy/nats/nats.conf reads their passwords.
for role in api gateway consumer; do
  password "nats_${role}_password"
done
if lacks nats_passwords.conf; then
  for role in api gateway consumer; do
    printf '%s_password: "%s"\n' "$role" "$(word "nats_${role}_password")"
  done | keep nats_passwords.conf
fi

# Grafana's "admin", for the profile `observe`.
password grafana_password

echo "the secrets are in $folder"
