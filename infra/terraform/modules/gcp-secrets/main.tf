# Places only. What they hold is put there by hand or by a rotation, so that no state file has it.
resource "google_secret_manager_secret" "this" {
  for_each = var.names

  secret_id = "${var.prefix}-${each.key}"
  # A version that was destroyed by mistake can be had back for a month.
  version_destroy_ttl = "2592000s"

  replication {
    user_managed {
      replicas {
        location = var.region

        customer_managed_encryption {
          kms_key_name = var.kms_key_id
        }
      }
    }
  }
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = var.names

  secret_id = google_secret_manager_secret.this[each.key].id
  role      = "roles/secretmanager.secretAccessor"
  member    = var.reader
}
