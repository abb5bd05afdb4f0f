variable "name" {
  description = "The cluster's name."
  type        = string
}

variable "region" {
  description = "The region; brokers are in three of its zones."
  type        = string
}

variable "subnet_id" {
  description = "The subnet that the brokers are reached from."
  type        = string
}

variable "vcpus" {
  description = "Processors of all brokers together; each brings 4 GB."
  type        = number

  validation {
    condition     = var.vcpus >= 3
    error_message = "Three at least, one in each zone."
  }
}

variable "topics" {
  description = "Each topic's configuration by its name."
  type        = map(map(string))
}

variable "partitions" {
  description = "Of each topic."
  type        = number
}

variable "replicas" {
  description = "Copies of each partition."
  type        = number

  validation {
    condition     = var.replicas >= 3
    error_message = "Three copies at least, or a lost zone stops the events."
  }
}

variable "min_insync_replicas" {
  description = "Copies that have an event before it counts as sent."
  type        = number

  validation {
    condition     = var.min_insync_replicas >= 2
    error_message = "Two at least, or a lost zone loses events."
  }
}

variable "kms_key_id" {
  description = "The key that the brokers' disks are encrypted with."
  type        = string
}
