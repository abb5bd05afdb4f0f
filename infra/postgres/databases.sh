#!/bin/bash
# Run once by the PostgreSQL image, on an empty volume: for each service a database of its own and
# a role that may connect to no other.
set -euo pipefail

for service in user product order payment notification analytics; do
  name="tradepost_$service"
  psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<SQL
create role $name login password '$POSTGRES_PASSWORD';
create database $name owner $name;
revoke connect, temporary on database $name from public;
SQL
done
