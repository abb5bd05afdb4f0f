variable "name" {
  description = "The server's name."
  type        = string
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets without a way out, one in each zone."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Whoever is in this security group may connect."
  type        = string
}

variable "postgres_version" {
  description = "PostgreSQL's major version: the one that the tests run against."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{2}$", var.postgres_version))
    error_message = "Only the major version: RDS chooses and upgrades the minor one."
  }
}

variable "instance_class" {
  description = "The size of primary, standby and replica."
  type        = string

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "An instance class begins with db."
  }
}

variable "storage_gb" {
  description = "Storage at the start, and how far it may grow by itself."
  type        = object({ min = number, max = number })

  validation {
    condition     = var.storage_gb.min >= 20 && var.storage_gb.max > var.storage_gb.min
    error_message = "20 GB at least, and room to grow."
  }
}

variable "backup_retention_days" {
  description = "How far back the server can be restored, to the second."
  type        = number

  validation {
    condition     = var.backup_retention_days >= 7 && var.backup_retention_days <= 35
    error_message = "From 7 to 35 days."
  }
}

variable "kms_key_arn" {
  description = "The key for storage, the administrator's password and Performance Insights."
  type        = string
}
