# What each module refuses, each by itself.
mock_provider "google" {}

run "a_database_that_could_not_be_brought_back" {
  command = plan

  module {
    source = "../modules/gcp-database"
  }

  variables {
    name                  = "shop"
    region                = "europe-west3"
    network_id            = "shop"
    postgres_version      = "18.1"
    tier                  = "db-f1-micro"
    storage_gb            = { min = 100, max = 100 }
    backup_retention_days = 3
    kms_key_id            = "key"
  }

  expect_failures = [
    var.postgres_version, var.tier, var.storage_gb, var.backup_retention_days,
  ]
}

run "a_kafka_that_loses_events_with_a_zone" {
  command = plan

  module {
    source = "../modules/gcp-kafka"
  }

  variables {
    name                = "shop"
    region              = "europe-west3"
    subnet_id           = "nodes"
    vcpus               = 1
    topics              = {}
    partitions          = 6
    replicas            = 2
    min_insync_replicas = 1
    kms_key_id          = "key"
  }

  expect_failures = [var.vcpus, var.replicas, var.min_insync_replicas]
}

run "a_cluster_open_to_the_world_or_in_no_zone" {
  command = plan

  module {
    source = "../modules/gcp-gke"
  }

  variables {
    project        = "shop-123456"
    name           = "shop"
    region         = "europe-west3"
    network_id     = "shop"
    subnet_id      = "nodes"
    pod_range      = "pods"
    service_range  = "services"
    operator_cidrs = ["0.0.0.0/0"]
    machine_type   = "n2d-standard-2"
    nodes_per_zone = { min = 0, max = 3 }
    kms_key_id     = "key"
  }

  expect_failures = [var.operator_cidrs, var.nodes_per_zone]
}

run "backups_that_are_gone_within_a_week" {
  command = plan

  module {
    source = "../modules/gcp-bucket"
  }

  variables {
    name               = "Backups"
    region             = "europe-west3"
    retention_days     = 1
    may_be_overwritten = false
    members            = {}
    kms_key_id         = "key"
  }

  expect_failures = [var.name, var.retention_days]
}

run "backups_cannot_be_changed_before_their_time" {
  command = plan

  module {
    source = "../modules/gcp-bucket"
  }

  variables {
    name               = "backups"
    region             = "europe-west3"
    retention_days     = 14
    may_be_overwritten = false
    members            = {}
    kms_key_id         = "key"
  }

  assert {
    condition     = tonumber(google_storage_bucket.this.retention_policy[0].retention_period) == 14 * 86400
    error_message = "fourteen days, in seconds"
  }
}
