variable "project" {
  description = "The Google Cloud project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project's id: 6 to 30 lower case letters, digits and -."
  }
}

variable "region" {
  description = "The region; it must have three zones."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region, such as europe-west3."
  }
}

variable "name" {
  description = "The environment's name; everything is named after it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.name))
    error_message = "Up to 20 lower case letters, digits and -, beginning with a letter."
  }
}

variable "cidr" {
  description = "The network's addresses, a /16 to /18."
  type        = string
  default     = "10.40.0.0/16"
}

variable "operator_cidrs" {
  description = "From where the cluster's API is reached through the internet; none: from the network only."
  type        = set(string)
  default     = []
}

variable "node_type" {
  description = "The nodes' machine type."
  type        = string
  default     = "n2d-standard-2"
}

variable "nodes_per_zone" {
  description = "How few and how many nodes in each of the three zones."
  type        = object({ min = number, max = number })
  default     = { min = 1, max = 3 }
}

variable "namespace" {
  description = "The namespace that k8s/ puts the mesh in."
  type        = string
  default     = "tradepost"
}

variable "services" {
  description = "The services of the mesh; each gets a secret."
  type        = set(string)
  default     = ["user", "product", "order", "payment", "notification", "analytics"]
}

variable "postgres_version" {
  description = "PostgreSQL's major version."
  type        = string
  default     = "18"
}

variable "database_tier" {
  description = "The size of primary, standby and replica."
  type        = string
  default     = "db-custom-2-8192"
}

variable "database_storage_gb" {
  description = "PostgreSQL's storage at the start, and how far it may grow by itself."
  type        = object({ min = number, max = number })
  default     = { min = 100, max = 1000 }
}

variable "kafka_vcpus" {
  description = "Processors of all Kafka brokers together."
  type        = number
  default     = 3
}

variable "flink_bucket" {
  description = "The name of the bucket for Flink's jobs and checkpoints."
  type        = string
}

variable "flink_machine_type" {
  description = "The machine type of Flink's masters and workers."
  type        = string
  default     = "n2d-standard-2"
}

variable "flink_workers" {
  description = "How many machines work for Flink."
  type        = number
  default     = 2
}

variable "backup_bucket" {
  description = "The name of the bucket for backups."
  type        = string
}

variable "backup_retention_days" {
  description = "How long backups are kept."
  type        = number
  default     = 35
}
