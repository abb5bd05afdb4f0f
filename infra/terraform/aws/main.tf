# The mesh's surroundings on AWS. The mesh itself is deployed by k8s/, not from here.

module "data_key" {
  source = "../modules/aws-key"

  name        = "${var.name}/data"
  description = "Databases, Kafka, backups, secrets and logs of ${var.name}"
}

module "message_key" {
  source = "../modules/aws-key"

  name        = "${var.name}/messages"
  description = "Alarms and mail feedback of ${var.name}"
  services    = ["cloudwatch.amazonaws.com", "ses.amazonaws.com", "sns.amazonaws.com"]
}

module "network" {
  source = "../modules/aws-network"

  name        = var.name
  cidr        = var.cidr
  kms_key_arn = module.data_key.arn
}

module "cluster" {
  source = "../modules/aws-eks"

  name                    = var.name
  kubernetes_version      = var.kubernetes_version
  subnet_ids              = module.network.node_subnet_ids
  operator_cidrs          = var.operator_cidrs
  administrator_role_arns = var.administrator_role_arns
  node_type               = var.node_type
  node_count              = var.node_count
  kms_key_arn             = module.data_key.arn
}

module "database" {
  source = "../modules/aws-database"

  name                     = var.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.data_subnet_ids
  client_security_group_id = module.cluster.security_group_id
  postgres_version         = var.postgres_version
  instance_class           = var.database_class
  storage_gb               = var.database_storage_gb
  backup_retention_days    = var.backup_retention_days
  kms_key_arn              = module.data_key.arn
}

module "topics" {
  source = "../modules/kafka-topics"
}

module "kafka" {
  source = "../modules/aws-kafka"

  name                     = var.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.data_subnet_ids
  client_security_group_id = module.cluster.security_group_id
  kafka_version            = var.kafka_version
  broker_type              = var.broker_type
  storage_gb               = var.broker_storage_gb
  partitions               = module.topics.partitions
  replicas                 = module.topics.replicas
  min_insync_replicas      = module.topics.min_insync_replicas
  kms_key_arn              = module.data_key.arn
}

module "backups" {
  source = "../modules/aws-bucket"

  name           = var.backup_bucket
  retention_days = var.backup_retention_days
  kms_key_arn    = module.data_key.arn
}

module "balancer" {
  source = "../modules/aws-balancer"

  name                  = var.name
  vpc_id                = module.network.vpc_id
  subnet_ids            = module.network.public_subnet_ids
  pod_security_group_id = module.cluster.security_group_id
  gateway_port          = var.gateway_port
  certificate_arn       = var.certificate_arn
}

# One for each service and one for the backups, with the keys that k8s/components/external-secrets reads.
module "secrets" {
  source = "../modules/aws-secrets"

  prefix      = var.name
  names       = setunion(var.services, ["backups"])
  kms_key_arn = module.data_key.arn
}

module "mail_feedback" {
  source = "../modules/aws-mail-feedback"

  name         = var.name
  mail_domain  = var.mail_domain
  package_file = var.mail_feedback_package
  kms_key_arn  = module.message_key.arn
}
