output "address" {
  description = "host:port of the primary; the name stays when the standby takes over."
  value       = aws_db_instance.primary.endpoint
}

output "replica_address" {
  description = "host:port of the replica."
  value       = aws_db_instance.replica.endpoint
}

output "identifier" {
  description = "The primary's name, as CloudWatch calls it."
  value       = aws_db_instance.primary.identifier
}

output "replica_identifier" {
  description = "The replica's name, as CloudWatch calls it."
  value       = aws_db_instance.replica.identifier
}

output "administrator_secret_arn" {
  description = "Where RDS keeps the administrator's password."
  value       = aws_db_instance.primary.master_user_secret[0].secret_arn
}

output "security_group_id" {
  description = "The security group of primary and replica."
  value       = aws_security_group.this.id
}
