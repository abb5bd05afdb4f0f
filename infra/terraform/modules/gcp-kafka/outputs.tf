output "id" {
  description = "The cluster: its bootstrap address is told by gcloud managed-kafka clusters describe."
  value       = google_managed_kafka_cluster.this.id
}

output "topics" {
  description = "The topics that were made."
  value       = [for topic in google_managed_kafka_topic.this : topic.topic_id]
}
