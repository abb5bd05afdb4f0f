terraform {
  required_version = "~> 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "6.50.0"
    }
  }

  # Where the state is kept is said by -backend-config: see docs/deploy.md.
  backend "gcs" {}
}

provider "google" {
  project = var.project
  region  = var.region

  default_labels = { environment = var.name }
}
