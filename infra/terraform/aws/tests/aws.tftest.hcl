# No account is asked: the provider is a mock.
mock_provider "aws" {
  source = "./tests/mocks"
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
}

run "has_what_the_mesh_needs" {
  command = plan

  assert {
    condition     = toset(keys(output.secret_arns)) == setunion(var.services, ["backups"])
    error_message = "every service has a secret, and so have the backups"
  }

  assert {
    condition = contains(
      split("\n", output.kafka_topics),
      "--topic orders --partitions 6 --replication-factor 3 --config retention.ms=-1",
    )
    error_message = "a topic is made as kafka-topics.sh wants to hear it"
  }
}

run "leaves_hearing_to_the_process" {
  command = plan

  assert {
    condition     = length(module.notification) == 0 && length(module.notification_key) == 0
    error_message = "nobody asked for the function"
  }
}

run "hears_by_a_function_where_that_is_asked_for" {
  command = plan

  variables {
    notification_lambda = {
      package_file = "main.tf"
      hear_from    = "2026-11-02T09:30:00Z"
      support_mail = "support@shop.example"
    }
  }

  assert {
    condition = toset(keys(module.notification[0].alarms)) == toset([
      "notification-behind-orders", "notification-behind-payments", "notification-behind-users",
      "notification-dead-events", "notification-failing", "notification-queue-old",
      "notification-throttled", "notification-undelivered",
    ])
    error_message = "each topic is watched, and whatever waits"
  }
}

run "takes_no_name_that_aws_would_refuse" {
  command = plan

  variables {
    name   = "Shop_1"
    region = "Frankfurt"
  }

  expect_failures = [var.name, var.region]
}
