output "alarms" {
  description = "What is to be watched, as aws-alarms takes it."
  value       = merge(local.function_alarms, local.queue_alarms, local.lag_alarms)
}

output "policy" {
  description = "What the function may do, as JSON."
  value       = aws_iam_role_policy.this.policy
}
