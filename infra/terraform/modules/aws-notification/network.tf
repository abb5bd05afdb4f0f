# The function asks the database and nobody else.
resource "aws_security_group" "function" {
  name        = local.function
  description = "The notification function"
  vpc_id      = var.vpc_id

  tags = { Name = local.function }
}

resource "aws_vpc_security_group_egress_rule" "function_to_database" {
  security_group_id            = aws_security_group.function.id
  referenced_security_group_id = var.database.security_group_id
  description                  = "PostgreSQL"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "database_from_function" {
  security_group_id            = var.database.security_group_id
  referenced_security_group_id = aws_security_group.function.id
  description                  = "The notification function"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

# Lambda's pollers are in the subnets and the security group of MSK itself.
resource "aws_vpc_security_group_egress_rule" "pollers_to_brokers" {
  security_group_id            = var.kafka.security_group_id
  referenced_security_group_id = var.kafka.security_group_id
  description                  = "Pollers of Lambda, by TLS and SCRAM"
  ip_protocol                  = "tcp"
  from_port                    = 9096
  to_port                      = 9096
}

resource "aws_vpc_security_group_ingress_rule" "brokers_from_pollers" {
  security_group_id            = var.kafka.security_group_id
  referenced_security_group_id = var.kafka.security_group_id
  description                  = "Pollers of Lambda, by TLS and SCRAM"
  ip_protocol                  = "tcp"
  from_port                    = 9096
  to_port                      = 9096
}

resource "aws_vpc_security_group_egress_rule" "pollers_to_aws" {
  security_group_id            = var.kafka.security_group_id
  referenced_security_group_id = aws_security_group.endpoints.id
  description                  = "Pollers of Lambda"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

# MSK's subnets have no way out, so what the pollers ask of AWS comes to them.
resource "aws_vpc_endpoint" "this" {
  for_each = toset(["lambda", "secretsmanager", "sts"])

  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.${data.aws_region.this.name}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  name        = "${local.function}-endpoints"
  description = "Lambda, Secrets Manager and STS, from within the network"
  vpc_id      = var.vpc_id

  tags = { Name = "${local.function}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "aws_from_pollers" {
  security_group_id            = aws_security_group.endpoints.id
  referenced_security_group_id = var.kafka.security_group_id
  description                  = "Pollers of Lambda"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

# The whole network finds these services here now: External Secrets asks two of them.
resource "aws_vpc_security_group_ingress_rule" "aws_from_pods" {
  security_group_id            = aws_security_group.endpoints.id
  referenced_security_group_id = var.pod_security_group_id
  description                  = "Nodes and pods"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
