variable "name" {
  description = "The cluster's name."
  type        = string
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets without a way out; one broker in each."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) == 3
    error_message = "Three brokers in three zones: two copies are left when one is lost."
  }
}

variable "client_security_group_id" {
  description = "Whoever is in this security group may connect."
  type        = string
}

variable "kafka_version" {
  description = "As MSK calls it; the minor version that the tests run against."
  type        = string

  validation {
    condition     = can(regex("^4\\.[0-9]+\\.x\\.kraft$", var.kafka_version))
    error_message = "A version of Kafka 4 is written like 4.1.x.kraft."
  }
}

variable "broker_type" {
  description = "The brokers' instance type."
  type        = string

  validation {
    condition     = startswith(var.broker_type, "kafka.")
    error_message = "A broker's type begins with kafka."
  }
}

variable "storage_gb" {
  description = "Storage of each broker at the start, and how far it may grow by itself."
  type        = object({ min = number, max = number })

  validation {
    condition     = var.storage_gb.min >= 1 && var.storage_gb.max > var.storage_gb.min
    error_message = "1 GB at least, and room to grow."
  }
}

variable "partitions" {
  description = "Of a topic that does not say."
  type        = number
}

variable "replicas" {
  description = "Copies of each partition."
  type        = number

  validation {
    condition     = var.replicas >= 3
    error_message = "Three copies at least, or a lost broker stops the events."
  }
}

variable "min_insync_replicas" {
  description = "Copies that have an event before it counts as sent."
  type        = number

  validation {
    condition     = var.min_insync_replicas >= 2
    error_message = "Two at least, or a lost broker loses events."
  }
}

variable "kms_key_arn" {
  description = "The key for the brokers' volumes, their logs and the client's password."
  type        = string
}
