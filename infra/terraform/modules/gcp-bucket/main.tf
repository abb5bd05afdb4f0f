resource "google_storage_bucket" "this" {
  name                        = var.name
  location                    = var.region
  force_destroy               = false
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  encryption {
    default_kms_key_name = var.kms_key_id
  }

  # Whoever gets hold of the cluster can neither change nor delete what is younger.
  dynamic "retention_policy" {
    for_each = var.may_be_overwritten ? [] : [var.retention_days]

    content {
      retention_period = tostring(retention_policy.value * 24 * 60 * 60)
    }
  }

  lifecycle_rule {
    condition {
      age = var.retention_days
    }

    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      age = 2
    }

    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }
}

resource "google_storage_bucket_iam_member" "this" {
  for_each = var.members

  bucket = google_storage_bucket.this.name
  role   = each.key
  member = each.value
}
