# No project is asked: the provider is a mock.
mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project       = "shop-123456"
  region        = "europe-west3"
  name          = "shop"
  flink_bucket  = "shop-flink"
  backup_bucket = "shop-backups"
}

run "has_what_the_mesh_needs" {
  command = plan

  assert {
    condition     = toset(keys(output.secret_ids)) == var.services
    error_message = "every service has a secret"
  }

  assert {
    condition     = length([for topic in output.kafka_topics : topic if endswith(topic, ".dlq")]) * 2 == length(output.kafka_topics)
    error_message = "every topic has its dead letters"
  }

  assert {
    condition     = output.gateway_address_name == "shop-gateway"
    error_message = "the Ingress takes the address by its name"
  }
}

run "takes_no_name_that_google_would_refuse" {
  command = plan

  variables {
    project = "Shop"
    name    = "Shop_1"
    region  = "europe-west3-a"
  }

  expect_failures = [var.project, var.name, var.region]
}
