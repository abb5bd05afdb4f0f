# For events that do not come by Kafka; a group for each key.
resource "aws_sqs_queue" "events" {
  name                      = "${local.function}-events.fifo"
  fifo_queue                = true
  message_retention_seconds = 1209600
  kms_master_key_id         = var.kms_key_arn
  # Six times as long as the function may take, as AWS asks.
  visibility_timeout_seconds = 360

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_events.arn
    maxReceiveCount     = 20
  })
}

resource "aws_sqs_queue" "dead_events" {
  name                      = "${local.function}-dead-events.fifo"
  fifo_queue                = true
  message_retention_seconds = 1209600
  kms_master_key_id         = var.kms_key_arn
}

resource "aws_lambda_event_source_mapping" "events" {
  function_name           = local.function
  event_source_arn        = aws_sqs_queue.events.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]

  depends_on = [aws_cloudformation_stack.function]
}

resource "aws_cloudwatch_event_rule" "events" {
  name          = local.function
  description   = "Events that the notification service hears"
  event_pattern = jsonencode({ detail = { specversion = ["1.0"], topic = local.topics } })
}

resource "aws_cloudwatch_event_target" "function" {
  rule = aws_cloudwatch_event_rule.events.name
  arn  = aws_cloudformation_stack.function.outputs["Arn"]

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  depends_on = [aws_lambda_permission.events, aws_sqs_queue_policy.undelivered]
}

resource "aws_lambda_permission" "events" {
  statement_id  = "events"
  action        = "lambda:InvokeFunction"
  function_name = local.function
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.events.arn

  depends_on = [aws_cloudformation_stack.function]
}

# What EventBridge brought.
resource "aws_sqs_queue" "undelivered" {
  name                      = "${local.function}-undelivered"
  message_retention_seconds = 1209600
  kms_master_key_id         = var.kms_key_arn
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.undelivered.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.events.arn } }
    }]
  })
}
