resource "google_kms_key_ring" "this" {
  name     = var.name
  location = var.region
}

resource "google_kms_crypto_key" "this" {
  name            = "data"
  key_ring        = google_kms_key_ring.this.id
  rotation_period = "7776000s"

  lifecycle {
    # Whatever is encrypted with it would be gone with it.
    prevent_destroy = true
  }
}

# Google's own services, each under its account in this project.
resource "google_kms_crypto_key_iam_member" "service" {
  for_each = var.service_agents

  crypto_key_id = google_kms_crypto_key.this.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${var.project_number}@${each.value}.iam.gserviceaccount.com"
}
