# For the stream job that takes the place of analytics' own consumer when one process is too few.
resource "google_service_account" "this" {
  account_id   = "${var.name}-flink"
  display_name = "Flink of ${var.name}"
}

resource "google_project_iam_member" "this" {
  for_each = toset(["roles/dataproc.worker", "roles/managedkafka.client"])

  project = var.project
  role    = each.key
  member  = google_service_account.this.member
}

module "staging" {
  source = "../gcp-bucket"

  name               = var.staging_bucket
  region             = var.region
  retention_days     = 30
  may_be_overwritten = true
  members            = { "roles/storage.objectUser" = google_service_account.this.member }
  kms_key_id         = var.kms_key_id
}

resource "google_dataproc_cluster" "this" {
  name                          = "${var.name}-flink"
  region                        = var.region
  graceful_decommission_timeout = "600s"

  cluster_config {
    staging_bucket = module.staging.name
    temp_bucket    = module.staging.name

    gce_cluster_config {
      subnetwork             = var.subnet_id
      service_account        = google_service_account.this.email
      service_account_scopes = ["cloud-platform"]
      internal_ip_only       = true

      shielded_instance_config {
        enable_secure_boot          = true
        enable_integrity_monitoring = true
      }
    }

    # Three masters: one may be lost without the job.
    master_config {
      num_instances = 3
      machine_type  = var.machine_type

      disk_config {
        boot_disk_type    = "pd-balanced"
        boot_disk_size_gb = 50
      }
    }

    worker_config {
      num_instances = var.workers
      machine_type  = var.machine_type

      disk_config {
        boot_disk_type    = "pd-balanced"
        boot_disk_size_gb = 50
      }
    }

    software_config {
      image_version       = "2.3-debian12"
      optional_components = ["FLINK"]
    }

    # Disks and staging of every node.
    encryption_config {
      kms_key_name = var.kms_key_id
    }
  }

  depends_on = [google_project_iam_member.this]
}
