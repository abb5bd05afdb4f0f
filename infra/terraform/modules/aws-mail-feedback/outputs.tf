output "function_name" {
  description = "The function's name, as CloudWatch calls it."
  value       = aws_lambda_function.this.function_name
}

output "dead_letter_queue_name" {
  description = "The queue's name, as CloudWatch calls it."
  value       = aws_sqs_queue.dead_letters.name
}

output "dkim_tokens" {
  description = "For three CNAME records: <token>._domainkey to <token>.dkim.amazonses.com."
  value       = aws_sesv2_email_identity.domain.dkim_signing_attributes[0].tokens
}
