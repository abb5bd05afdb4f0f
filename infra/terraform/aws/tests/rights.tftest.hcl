# As if it had been applied: what may whom.
mock_provider "aws" {
  source = "./tests/mocks"
}

# Neither may be destroyed, not even after a test: so neither is made.
override_module {
  target = module.kafka
  outputs = {
    name              = "shop"
    arn               = "arn:aws:kafka:eu-central-1:123456789012:cluster/shop/1"
    brokers           = "b-1.kafka.example:9096"
    client_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:AmazonMSK_shop"
    security_group_id = "sg-1"
  }
}

override_module {
  target  = module.backups
  outputs = { name = "shop-backups", arn = "arn:aws:s3:::shop-backups" }
}

variables {
  region                  = "eu-central-1"
  name                    = "shop"
  kubernetes_version      = "1.35"
  administrator_role_arns = ["arn:aws:iam::123456789012:role/operators"]
  certificate_arn         = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
  backup_bucket           = "shop-backups"
  mail_domain             = "shop.example"
  # Any file will do where nothing is uploaded.
  mail_feedback_package = "main.tf"
  alarm_addresses       = ["operators@shop.example"]

  notification_lambda = {
    package_file = "main.tf"
    hear_from    = "2026-11-02T09:30:00Z"
    support_mail = "support@shop.example"
  }
}

run "gives_pods_no_more_than_they_need" {
  assert {
    condition = alltrue(flatten([
      for policy in [module.balancer_controller.policy, module.external_secrets.policy, aws_iam_user_policy.backups.policy] : [
        for statement in jsondecode(policy).Statement : statement.Resource != "*" || alltrue([
          for action in flatten([statement.Action]) : strcontains(action, ":Describe")
        ])
      ]
    ]))
    error_message = "only descriptions are asked for of everything"
  }

  assert {
    condition     = !can(regex("DeleteObjectVersion|Bypass|s3:\\*", aws_iam_user_policy.backups.policy))
    error_message = "whoever holds the cluster hides backups at most"
  }

  assert {
    condition     = strcontains(module.external_secrets.policy, output.kafka_client_secret_arn)
    error_message = "the mesh reads how it signs in at Kafka"
  }
}

run "gives_the_notification_function_no_more_than_it_needs" {
  assert {
    condition = alltrue([
      for statement in jsondecode(module.notification[0].policy).Statement :
      statement.Resource != "*" || alltrue([
        for action in flatten([statement.Action]) : can(regex("^ec2:.*(Describe|NetworkInterface|PrivateIp)", action))
      ])
    ])
    error_message = "only network interfaces have no name"
  }

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(module.notification[0].policy).Statement : [
        for action in flatten([statement.Action]) : !strcontains(action, "*")
      ]
    ]))
    error_message = "it names what it may do"
  }

  assert {
    condition     = strcontains(module.notification[0].policy, output.kafka_client_secret_arn)
    error_message = "its pollers read how they sign in at Kafka"
  }
}
