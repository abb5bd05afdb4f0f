output "cluster_name" {
  description = "For gcloud container clusters get-credentials."
  value       = module.cluster.name
}

output "gateway_address" {
  description = "The shop's name points to this address."
  value       = google_compute_global_address.gateway.address
}

output "gateway_address_name" {
  description = "For the Ingress' annotation kubernetes.io/ingress.global-static-ip-name."
  value       = google_compute_global_address.gateway.name
}

output "database_name" {
  description = "For gcloud sql users set-password, of postgres, who makes the services' databases."
  value       = module.database.name
}

output "database_host" {
  description = "The host of DATABASE_URL."
  value       = module.database.host
}

output "database_replica_host" {
  description = "The host of DATABASE_REPLICA_URL."
  value       = module.database.replica_host
}

output "kafka_cluster" {
  description = "For gcloud managed-kafka clusters describe, which tells the brokers of KAFKA_BROKERS."
  value       = module.kafka.id
}

output "kafka_topics" {
  description = "The topics that were made."
  value       = module.kafka.topics
}

output "flink_cluster_name" {
  description = "For gcloud dataproc jobs submit flink."
  value       = module.flink.cluster_name
}

output "secret_ids" {
  description = "The secret of each service, to be filled by gcloud secrets versions add."
  value       = module.secrets.ids
}

output "backup_bucket" {
  description = "Where backups go."
  value       = module.backups.name
}
