# What pods may do at Google: each by its ServiceAccount, and nobody else anything.
locals {
  service_accounts = join("/", [
    "principal://iam.googleapis.com/projects/${data.google_project.this.number}",
    "locations/global/workloadIdentityPools/${module.cluster.workload_pool}/subject",
  ])
}

# One for each service, with its variables as keys: DATABASE_URL and what else is secret.
module "secrets" {
  source = "../modules/gcp-secrets"

  prefix     = var.name
  names      = var.services
  region     = var.region
  reader     = "${local.service_accounts}/ns/${var.namespace}/sa/external-secrets"
  kms_key_id = module.key.id
}

# CloudNativePG's, which goes by its cluster's name. What it deletes goes only in time: the bucket sees to it.
module "backups" {
  source = "../modules/gcp-bucket"

  name               = var.backup_bucket
  region             = var.region
  retention_days     = var.backup_retention_days
  may_be_overwritten = false
  kms_key_id         = module.key.id

  members = {
    "roles/storage.objectUser" = "${local.service_accounts}/ns/${var.namespace}/sa/postgres"
  }
}
