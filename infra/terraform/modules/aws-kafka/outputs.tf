output "brokers" {
  description = "host:port,… for clients with TLS and SCRAM."
  value       = aws_msk_cluster.this.bootstrap_brokers_sasl_scram
}

output "client_secret_arn" {
  description = "The secret for the mesh's username and password."
  value       = aws_secretsmanager_secret.client.arn
}

output "arn" {
  description = "The cluster's ARN."
  value       = aws_msk_cluster.this.arn
}

output "name" {
  description = "The cluster's name, as CloudWatch calls it."
  value       = aws_msk_cluster.this.cluster_name
}

output "security_group_id" {
  description = "The brokers' security group."
  value       = aws_security_group.this.id
}
