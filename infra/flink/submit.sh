#!/bin/bash
# Builds the job and runs it on Dataproc's Flink: submit.sh [--dry-run]. Its settings (KAFKA_BROKERS and
# so on, docs/deploy.md) are lines NAME=value of the file that SETTINGS names. They are read from the
# bucket, so that no password stands in a command.
set -euo pipefail

cd "$(dirname "$0")"

run() {
  printf '%q ' "$@"
  printf '\n'
  [[ $dry ]] || "$@"
}

need() {
  if [[ ! ${!1:-} ]]; then
    echo "$1 is not set: $2" >&2
    exit 2
  fi
}

dry=
case "${1:-}" in
  "") ;;
  --dry-run) dry=1 ;;
  *)
    echo "usage: submit.sh [--dry-run]" >&2
    exit 2
    ;;
esac
need CLUSTER "terraform output flink_cluster_name"
need REGION "as in terraform.tfvars"
need BUCKET "gs://, flink_bucket of terraform.tfvars"
need SETTINGS "a file of lines NAME=value"
need FLINK_VERSION "that of the cluster's image: flink --version there"
need FLINK_KAFKA_VERSION "of flink-sql-connector-kafka, for that version of Flink"

run mvn -B -q -f pom.xml package "-Dflink.version=$FLINK_VERSION" "-Dflink.kafka.version=$FLINK_KAFKA_VERSION"
run gcloud storage cp target/tradepost-windows.jar "$BUCKET/jobs/tradepost-windows.jar"
run gcloud storage cp "$SETTINGS" "$BUCKET/jobs/windows.properties"
run gcloud dataproc jobs submit flink "--cluster=$CLUSTER" "--region=$REGION" --async \
  --class=dev.tradepost.flink.Runner "--jars=$BUCKET/jobs/tradepost-windows.jar" \
  -- "$BUCKET/jobs/windows.properties"
