output "host" {
  description = "The primary's address; it stays when the standby takes over."
  value       = google_sql_database_instance.primary.private_ip_address
}

output "replica_host" {
  description = "The replica's address."
  value       = google_sql_database_instance.replica.private_ip_address
}

output "name" {
  description = "The primary's name, for gcloud sql."
  value       = google_sql_database_instance.primary.name
}
