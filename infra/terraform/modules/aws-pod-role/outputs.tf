output "arn" {
  description = "The role."
  value       = aws_iam_role.this.arn
}

output "policy" {
  description = "What it may do, as JSON."
  value       = aws_iam_role_policy.this.policy
}
