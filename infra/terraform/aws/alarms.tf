# What Prometheus in the cluster cannot see, or could not tell when the cluster itself is gone.
locals {
  gigabyte = 1024 * 1024 * 1024

  database_alarms = {
    database-busy = {
      says       = "PostgreSQL has used its processors for a quarter of an hour."
      namespace  = "AWS/RDS", metric = "CPUUtilization"
      dimensions = { DBInstanceIdentifier = module.database.identifier }
      statistic  = "Average", threshold = 85, minutes = 15, silence_is_bad = true
    }
    database-full = {
      says       = "PostgreSQL has less than 5 GB left: its storage has grown as far as it may."
      namespace  = "AWS/RDS", metric = "FreeStorageSpace"
      dimensions = { DBInstanceIdentifier = module.database.identifier }
      statistic  = "Minimum", below = true, threshold = 5 * local.gigabyte, minutes = 5
    }
    database-replica-behind = {
      says       = "Lists are more than half a minute old."
      namespace  = "AWS/RDS", metric = "ReplicaLag"
      dimensions = { DBInstanceIdentifier = module.database.replica_identifier }
      threshold  = 30, minutes = 5
    }
  }

  kafka_alarms = merge(
    {
      kafka-partitions-offline = {
        says       = "Partitions have no leader: their events wait in the outboxes."
        namespace  = "AWS/Kafka", metric = "OfflinePartitionsCount"
        dimensions = { "Cluster Name" = module.kafka.name }
        threshold  = 0, minutes = 2, silence_is_bad = true
      }
    },
    {
      for broker in ["1", "2", "3"] : "kafka-full-${broker}" => {
        says       = "Broker ${broker} has used 85 % of its storage, which has grown as far as it may."
        namespace  = "AWS/Kafka", metric = "KafkaDataLogsDiskUsed"
        dimensions = { "Cluster Name" = module.kafka.name, "Broker ID" = broker }
        threshold  = 85, minutes = 5
      }
    },
  )

  gateway_dimensions = {
    LoadBalancer = module.balancer.metric_name
    TargetGroup  = module.balancer.target_group_metric_name
  }

  gateway_alarms = {
    gateway-alone = {
      says       = "Fewer than two gateways answer."
      namespace  = "AWS/ApplicationELB", metric = "HealthyHostCount"
      dimensions = local.gateway_dimensions
      statistic  = "Minimum", below = true, threshold = 2, minutes = 3, silence_is_bad = true
    }
    gateway-failing = {
      says       = "More than ten answers a minute are 5xx."
      namespace  = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count"
      dimensions = local.gateway_dimensions
      statistic  = "Sum", threshold = 10, minutes = 3
    }
    gateway-slow = {
      says       = "One answer in twenty takes more than half a second."
      namespace  = "AWS/ApplicationELB", metric = "TargetResponseTime"
      dimensions = local.gateway_dimensions
      percentile = "p95", threshold = 0.5, minutes = 10
    }
  }

  mail_alarms = {
    mail-complaint = {
      says       = "Somebody called a mail of the shop spam; SES stops those who get too many of these."
      namespace  = "Tradepost/Mail", metric = "CameBack"
      dimensions = { Kind = "complaint" }
      statistic  = "Sum", threshold = 0, minutes = 1
    }
    mail-feedback-failing = {
      says       = "The function that reads what SES says of mails fails."
      namespace  = "AWS/Lambda", metric = "Errors"
      dimensions = { FunctionName = module.mail_feedback.function_name }
      statistic  = "Sum", threshold = 0, minutes = 1
    }
    mail-feedback-dead-letters = {
      says       = "What SES said of a mail was given up after three tries."
      namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = module.mail_feedback.dead_letter_queue_name }
      threshold  = 0, minutes = 1
    }
  }
}

module "alarms" {
  source = "../modules/aws-alarms"

  name        = var.name
  addresses   = var.alarm_addresses
  kms_key_arn = module.message_key.arn

  alarms = merge(
    local.database_alarms,
    local.kafka_alarms,
    local.gateway_alarms,
    local.mail_alarms,
    module.notification[*].alarms...
  )
}
