resource "google_managed_kafka_cluster" "this" {
  cluster_id = var.name
  location   = var.region

  capacity_config {
    vcpu_count   = var.vcpus
    memory_bytes = var.vcpus * 4 * 1024 * 1024 * 1024
  }

  gcp_config {
    kms_key = var.kms_key_id

    access_config {
      network_configs {
        subnet = var.subnet_id
      }
    }
  }

  rebalance_config {
    mode = "AUTO_REBALANCE_ON_SCALE_UP"
  }

  lifecycle {
    # Orders and payments are kept there for ever: rebuilds start at offset 0.
    prevent_destroy = true
  }
}

resource "google_managed_kafka_topic" "this" {
  for_each = var.topics

  topic_id           = each.key
  cluster            = google_managed_kafka_cluster.this.cluster_id
  location           = var.region
  partition_count    = var.partitions
  replication_factor = var.replicas
  configs            = merge({ "min.insync.replicas" = tostring(var.min_insync_replicas) }, each.value)

  lifecycle {
    prevent_destroy = true
  }
}
