output "id" {
  description = "The network, once Google's services are joined to it."
  value       = google_compute_network.this.id

  depends_on = [google_service_networking_connection.services]
}

output "subnet_id" {
  description = "The subnet of nodes and pods."
  value       = google_compute_subnetwork.nodes.id
}

output "pod_range" {
  description = "The name of the pods' addresses in it."
  value       = google_compute_subnetwork.nodes.secondary_ip_range[0].range_name
}

output "service_range" {
  description = "The name of the Kubernetes services' addresses in it."
  value       = google_compute_subnetwork.nodes.secondary_ip_range[1].range_name
}
