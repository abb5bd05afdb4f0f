# What each module refuses, each by itself.
mock_provider "aws" {
  source = "./tests/mocks"
}

run "a_database_that_could_not_be_brought_back" {
  command = plan

  module {
    source = "../modules/aws-database"
  }

  variables {
    name                     = "shop"
    vpc_id                   = "vpc-1"
    subnet_ids               = ["subnet-1", "subnet-2"]
    client_security_group_id = "sg-1"
    postgres_version         = "18.1"
    instance_class           = "m7g.large"
    storage_gb               = { min = 100, max = 100 }
    backup_retention_days    = 3
    kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/1"
  }

  expect_failures = [
    var.postgres_version, var.instance_class, var.storage_gb, var.backup_retention_days,
  ]
}

run "a_kafka_that_loses_events_with_a_broker" {
  command = plan

  module {
    source = "../modules/aws-kafka"
  }

  variables {
    name                     = "shop"
    vpc_id                   = "vpc-1"
    subnet_ids               = ["subnet-1", "subnet-2"]
    client_security_group_id = "sg-1"
    kafka_version            = "3.9.x"
    broker_type              = "m7g.large"
    storage_gb               = { min = 0, max = 10 }
    partitions               = 6
    replicas                 = 2
    min_insync_replicas      = 1
    kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/1"
  }

  expect_failures = [
    var.subnet_ids, var.kafka_version, var.broker_type, var.storage_gb, var.replicas,
    var.min_insync_replicas,
  ]
}

run "a_cluster_open_to_the_world_or_in_one_zone" {
  command = plan

  module {
    source = "../modules/aws-eks"
  }

  variables {
    name                    = "shop"
    kubernetes_version      = "v1.35.1"
    subnet_ids              = ["subnet-1"]
    operator_cidrs          = ["0.0.0.0/0"]
    administrator_role_arns = []
    node_type               = "m7i.large"
    node_count              = { min = 1, max = 3 }
    kms_key_arn             = "arn:aws:kms:eu-central-1:123456789012:key/1"
  }

  expect_failures = [
    var.kubernetes_version, var.subnet_ids, var.operator_cidrs, var.node_count,
  ]
}

run "backups_that_are_gone_within_a_week" {
  command = plan

  module {
    source = "../modules/aws-bucket"
  }

  variables {
    name           = "Backups"
    retention_days = 1
    kms_key_arn    = "arn:aws:kms:eu-central-1:123456789012:key/1"
  }

  expect_failures = [var.name, var.retention_days]
}

run "alarms_that_nobody_hears" {
  command = plan

  module {
    source = "../modules/aws-alarms"
  }

  variables {
    name        = "shop"
    addresses   = []
    alarms      = {}
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1"
  }

  expect_failures = [var.addresses]
}

run "a_function_that_cannot_be_made" {
  command = plan

  module {
    source = "../modules/aws-notification"
  }

  variables {
    name                  = "shop"
    package_file          = "main.tf"
    hear_from             = "yesterday"
    support_mail          = "support"
    vpc_id                = "vpc-1"
    subnet_ids            = ["subnet-1"]
    pod_security_group_id = "sg-1"
    kms_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/1"

    kafka = {
      arn               = "arn:aws:kafka:eu-central-1:123456789012:cluster/shop/1"
      name              = "shop"
      security_group_id = "sg-2"
      secret_arn        = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:AmazonMSK_shop"
      secret_key_arn    = "arn:aws:kms:eu-central-1:123456789012:key/2"
    }

    database = {
      address           = "shop.example:5432"
      security_group_id = "sg-3"
      secret_arn        = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notification"
    }
  }

  expect_failures = [var.hear_from, var.support_mail, var.subnet_ids]
}

run "a_pod_that_may_do_everything" {
  command = plan

  module {
    source = "../modules/aws-pod-role"
  }

  variables {
    name            = "everything"
    issuer          = { arn = "arn:aws:iam::123456789012:oidc-provider/shop", host = "shop" }
    namespace       = "tradepost"
    service_account = "default"
    statements      = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  }

  expect_failures = [var.statements]
}
