output "arns" {
  description = "Each secret's ARN by its name."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }
}
