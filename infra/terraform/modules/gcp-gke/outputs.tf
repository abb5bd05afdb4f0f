output "name" {
  description = "The cluster's name."
  value       = google_container_cluster.this.name
}

output "workload_pool" {
  description = "The identities of the cluster's ServiceAccounts, once there are any."
  value       = google_container_cluster.this.workload_identity_config[0].workload_pool
}
