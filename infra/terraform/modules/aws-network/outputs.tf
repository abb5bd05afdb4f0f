output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets that the internet reaches, one in each zone."
  value       = [for subnet in aws_subnet.public : subnet.id]
}

output "node_subnet_ids" {
  description = "Subnets of nodes and pods, one in each zone."
  value       = [for subnet in aws_subnet.nodes : subnet.id]
}

output "data_subnet_ids" {
  description = "Subnets of PostgreSQL and Kafka, one in each zone."
  value       = [for subnet in aws_subnet.data : subnet.id]
}
