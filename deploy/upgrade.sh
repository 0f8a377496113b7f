#!/bin/sh
# upgrade.sh: brings a running fleet to the images that are there now, replica by replica, without an outage.
#
# First the database (migrations only add; what this version no longer needs goes with the next one), then the gateways,
# then the APIs: an older gateway could not read what a newer API writes. Each replica drains before it goes, and the next
# one is touched only when this one serves. Stops at the first that does not.
set -eu
cd "$(dirname "$0")/.."

if docker compose version >/dev/null 2>&1; then
  compose() { docker compose "$@"; }
else
  compose() { docker-compose "$@"; }
fi

healthy() {
  [ "$(docker inspect --format '{{.State.Health.Status}}' "$(compose ps -q "$1")")" = healthy ]
}

replace() {
  echo "replacing $1"
  compose up -d --no-build --no-deps --force-recreate "$1"
  tries=0
  until healthy "$1"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 120 ]; then
      echo "$1 does not get ready; the others were not touched. Its last words:" >&2
      compose logs --tail 20 "$1" >&2
      exit 1
    fi
    sleep 1
  done
}

compose run --rm migrate
services=$(compose config --services)
for role in gateway api; do
  for service in $(echo "$services" | grep "^$role-" | sort); do
    replace "$service"
  done
done
echo "all replicas are of this version"
