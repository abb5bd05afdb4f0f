output "cluster_name" {
  description = "For aws eks update-kubeconfig --name."
  value       = module.cluster.name
}

output "balancer_dns_name" {
  description = "The shop's name is an alias of this one."
  value       = module.balancer.dns_name
}

output "gateway_target_group_arn" {
  description = "For the gateway's TargetGroupBinding."
  value       = module.balancer.target_group_arn
}

output "database_address" {
  description = "host:port for DATABASE_URL."
  value       = module.database.address
}

output "database_replica_address" {
  description = "host:port for DATABASE_REPLICA_URL."
  value       = module.database.replica_address
}

output "database_administrator_secret_arn" {
  description = "Where RDS keeps the password of tradepost_admin, who makes the services' databases."
  value       = module.database.administrator_secret_arn
}

output "kafka_brokers" {
  description = "For KAFKA_BROKERS."
  value       = module.kafka.brokers
}

output "kafka_cluster_arn" {
  description = "For aws kafka batch-associate-scram-secret."
  value       = module.kafka.arn
}

output "kafka_client_secret_arn" {
  description = "Where the mesh's Kafka username and password are put."
  value       = module.kafka.client_secret_arn
}

output "kafka_topics" {
  description = "A line for each topic, for kafka-topics.sh --create: MSK makes none by itself."
  value = join("\n", [
    for topic, config in module.topics.configs : join(" ", concat(
      ["--topic ${topic}"],
      ["--partitions ${module.topics.partitions}", "--replication-factor ${module.topics.replicas}"],
      [for name, value in config : "--config ${name}=${value}"],
    ))
  ])
}

output "secret_arns" {
  description = "The secret of each service, to be filled by aws secretsmanager put-secret-value."
  value       = module.secrets.arns
}

output "backup_bucket" {
  description = "Where backups go."
  value       = module.backups.name
}

output "backup_user" {
  description = "For aws iam create-access-key."
  value       = aws_iam_user.backups.name
}

output "secrets_role_arn" {
  description = "For the ServiceAccount of k8s/components/external-secrets-aws."
  value       = module.external_secrets.arn
}

output "balancer_controller_role_arn" {
  description = "For the ServiceAccount of the AWS Load Balancer Controller."
  value       = module.balancer_controller.arn
}

output "mail_dkim_tokens" {
  description = "For three CNAME records of the mail domain."
  value       = module.mail_feedback.dkim_tokens
}

output "alarm_topic_arn" {
  description = "Where alarms are told; a pager can subscribe to it as well."
  value       = module.alarms.topic_arn
}
