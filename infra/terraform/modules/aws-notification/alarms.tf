locals {
  function_alarms = {
    notification-failing = {
      says       = "The notification function ends with an error, or does not start."
      namespace  = "AWS/Lambda", metric = "Errors"
      dimensions = { FunctionName = local.function }
      statistic  = "Sum", threshold = 0, minutes = 5
    }
    notification-throttled = {
      says       = "Events wait for an instance of the notification function."
      namespace  = "AWS/Lambda", metric = "Throttles"
      dimensions = { FunctionName = local.function }
      statistic  = "Sum", threshold = 0, minutes = 5
    }
  }

  queue_alarms = {
    notification-dead-events = {
      says       = "A message for the notification function held no event or could not be taken in 20 times."
      namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = aws_sqs_queue.dead_events.name }
      threshold  = 0, minutes = 1
    }
    notification-undelivered = {
      says       = "An event of EventBridge could not be delivered to the notification function or taken in."
      namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = aws_sqs_queue.undelivered.name }
      threshold  = 0, minutes = 1
    }
    notification-queue-old = {
      says       = "A message for the notification function waits for more than five minutes."
      namespace  = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage"
      dimensions = { QueueName = aws_sqs_queue.events.name }
      threshold  = 300, minutes = 1
    }
  }

  lag_alarms = {
    for topic, group in local.groups : "notification-behind-${topic}" => {
      says       = "More than 100 events of a partition of ${topic} wait for the notification function."
      namespace  = "AWS/Kafka", metric = "MaxOffsetLag"
      dimensions = { "Cluster Name" = var.kafka.name, "Consumer Group" = group, "Topic" = topic }
      threshold  = 100, minutes = 5
    }
  }
}
