# The mesh's surroundings on Google Cloud. The mesh itself is deployed by k8s/, not from here.

resource "google_project_service" "this" {
  for_each = toset([
    "cloudkms",
    "compute",
    "container",
    "dataproc",
    "managedkafka",
    "secretmanager",
    "servicenetworking",
    "sqladmin",
    "storage",
  ])

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

data "google_project" "this" {
  project_id = var.project

  depends_on = [google_project_service.this]
}

module "key" {
  source = "../modules/gcp-key"

  name           = var.name
  region         = var.region
  project_number = data.google_project.this.number

  service_agents = [
    "compute-system",
    "container-engine-robot",
    "dataproc-accounts",
    "gcp-sa-cloud-sql",
    "gcp-sa-managedkafka",
    "gcp-sa-secretmanager",
    "gs-project-accounts",
  ]
}

module "network" {
  source = "../modules/gcp-network"

  name   = var.name
  region = var.region
  cidr   = var.cidr

  depends_on = [google_project_service.this]
}

module "cluster" {
  source = "../modules/gcp-gke"

  project        = var.project
  name           = var.name
  region         = var.region
  network_id     = module.network.id
  subnet_id      = module.network.subnet_id
  pod_range      = module.network.pod_range
  service_range  = module.network.service_range
  operator_cidrs = var.operator_cidrs
  machine_type   = var.node_type
  nodes_per_zone = var.nodes_per_zone
  kms_key_id     = module.key.id
}

module "database" {
  source = "../modules/gcp-database"

  name                  = var.name
  region                = var.region
  network_id            = module.network.id
  postgres_version      = var.postgres_version
  tier                  = var.database_tier
  storage_gb            = var.database_storage_gb
  backup_retention_days = var.backup_retention_days
  kms_key_id            = module.key.id
}

module "topics" {
  source = "../modules/kafka-topics"
}

module "kafka" {
  source = "../modules/gcp-kafka"

  name                = var.name
  region              = var.region
  subnet_id           = module.network.subnet_id
  vcpus               = var.kafka_vcpus
  topics              = module.topics.configs
  partitions          = module.topics.partitions
  replicas            = module.topics.replicas
  min_insync_replicas = module.topics.min_insync_replicas
  kms_key_id          = module.key.id
}

module "flink" {
  source = "../modules/gcp-flink"

  project        = var.project
  name           = var.name
  region         = var.region
  subnet_id      = module.network.subnet_id
  staging_bucket = var.flink_bucket
  machine_type   = var.flink_machine_type
  workers        = var.flink_workers
  kms_key_id     = module.key.id
}

# The address that the shop's name points to; the Ingress of k8s/ takes it by its name.
resource "google_compute_global_address" "gateway" {
  name = "${var.name}-gateway"

  depends_on = [google_project_service.this]
}
