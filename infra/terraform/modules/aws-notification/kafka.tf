# One for each topic, and a group for each. There is no destination for what fails: it is asked for
# again for ever, since an event that cannot be taken in is a dead letter of the service's own.
resource "aws_lambda_event_source_mapping" "kafka" {
  for_each = local.groups

  function_name               = local.function
  event_source_arn            = var.kafka.arn
  topics                      = [each.key]
  starting_position           = "AT_TIMESTAMP"
  starting_position_timestamp = var.hear_from
  batch_size                  = 500
  function_response_types     = ["ReportBatchItemFailures"]

  amazon_managed_kafka_event_source_config {
    consumer_group_id = each.value
  }

  source_access_configuration {
    type = "SASL_SCRAM_512_AUTH"
    uri  = var.kafka.secret_arn
  }

  # Without them Lambda takes no names of what failed.
  provisioned_poller_config {
    minimum_pollers = 1
    maximum_pollers = 2
  }

  depends_on = [
    aws_cloudformation_stack.function,
    aws_vpc_endpoint.this,
    aws_vpc_security_group_egress_rule.pollers_to_aws,
    aws_vpc_security_group_egress_rule.pollers_to_brokers,
    aws_vpc_security_group_ingress_rule.aws_from_pollers,
    aws_vpc_security_group_ingress_rule.brokers_from_pollers,
  ]
}
