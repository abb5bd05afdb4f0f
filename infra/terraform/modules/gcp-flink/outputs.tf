output "cluster_name" {
  description = "For gcloud dataproc jobs submit."
  value       = google_dataproc_cluster.this.name
}
