output "name" {
  description = "The cluster's name, once it can be asked."
  value       = aws_eks_cluster.this.name
}

output "issuer" {
  description = "Who vouches for the cluster's ServiceAccounts: its provider in IAM, and its name there."
  value       = { arn = aws_iam_openid_connect_provider.this.arn, host = local.issuer_host }
}

output "security_group_id" {
  description = "The security group of all nodes and pods."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}
