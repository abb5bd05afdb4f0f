output "configs" {
  description = "Every topic and its configuration, dead letters included."
  value       = merge(local.settings, { for topic in keys(local.settings) : "${topic}.dlq" => local.dead_letters })
}

output "partitions" {
  description = "Partitions of each topic: at most so many replicas of a service share its work."
  value       = 6
}

output "replicas" {
  description = "Copies of each partition, one in each zone."
  value       = 3
}

output "min_insync_replicas" {
  description = "Copies that have an event before it counts as sent: a zone may be lost, no event is."
  value       = 2
}
