output "dns_name" {
  description = "The name that the shop's own name is an alias of."
  value       = aws_lb.this.dns_name
}

output "target_group_arn" {
  description = "For the TargetGroupBinding that puts the gateway's pods behind the balancer."
  value       = aws_lb_target_group.gateway.arn
}

output "metric_name" {
  description = "The balancer's name, as CloudWatch calls it."
  value       = aws_lb.this.arn_suffix
}

output "target_group_metric_name" {
  description = "The target group's name, as CloudWatch calls it."
  value       = aws_lb_target_group.gateway.arn_suffix
}
