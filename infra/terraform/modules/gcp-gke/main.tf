resource "google_service_account" "node" {
  account_id   = "${var.name}-node"
  display_name = "Nodes of ${var.name}"
}

# Logs, metrics and images of GKE itself; no pod has these rights.
resource "google_project_iam_member" "node" {
  project = var.project
  role    = "roles/container.defaultNodeServiceAccount"
  member  = google_service_account.node.member
}

resource "google_container_cluster" "this" {
  name                     = var.name
  location                 = var.region
  network                  = var.network_id
  subnetwork               = var.subnet_id
  deletion_protection      = true
  remove_default_node_pool = true
  initial_node_count       = 1
  enable_shielded_nodes    = true

  # Without it the NetworkPolicies of k8s/base would be accepted and do nothing.
  datapath_provider = "ADVANCED_DATAPATH"

  # Of the pool that is removed at once; else it would be the project's all-powerful account.
  node_config {
    service_account   = google_service_account.node.email
    boot_disk_kms_key = var.kms_key_id
  }

  ip_allocation_policy {
    cluster_secondary_range_name  = var.pod_range
    services_secondary_range_name = var.service_range
  }

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = length(var.operator_cidrs) == 0
  }

  master_authorized_networks_config {
    dynamic "cidr_blocks" {
      for_each = var.operator_cidrs

      content {
        cidr_block = cidr_blocks.value
      }
    }
  }

  workload_identity_config {
    workload_pool = "${var.project}.svc.id.goog"
  }

  database_encryption {
    state    = "ENCRYPTED"
    key_name = var.kms_key_id
  }

  release_channel {
    channel = "REGULAR"
  }

  maintenance_policy {
    daily_maintenance_window {
      start_time = "02:00"
    }
  }

  lifecycle {
    ignore_changes = [node_config]
  }
}

resource "google_container_node_pool" "mesh" {
  name     = "mesh"
  cluster  = google_container_cluster.this.id
  location = var.region

  # In each of the region's three zones.
  initial_node_count = var.nodes_per_zone.min

  autoscaling {
    min_node_count = var.nodes_per_zone.min
    max_node_count = var.nodes_per_zone.max
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  upgrade_settings {
    max_surge       = 1
    max_unavailable = 0
  }

  node_config {
    machine_type      = var.machine_type
    disk_type         = "pd-balanced"
    disk_size_gb      = 50
    boot_disk_kms_key = var.kms_key_id
    service_account   = google_service_account.node.email
    oauth_scopes      = ["https://www.googleapis.com/auth/cloud-platform"]

    # A pod that asks the metadata server gets its own rights, not the node's.
    workload_metadata_config {
      mode = "GKE_METADATA"
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }
  }

  lifecycle {
    ignore_changes = [initial_node_count]
  }

  depends_on = [google_project_iam_member.node]
}
