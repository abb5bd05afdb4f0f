variable "name" {
  description = "The server's name."
  type        = string
}

variable "region" {
  description = "The region; primary and standby are in two of its zones."
  type        = string
}

variable "network_id" {
  description = "The network that the server is reached from."
  type        = string
}

variable "postgres_version" {
  description = "PostgreSQL's major version: the one that the tests run against."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{2}$", var.postgres_version))
    error_message = "Only the major version: Cloud SQL chooses and upgrades the minor one."
  }
}

variable "tier" {
  description = "The size of primary, standby and replica."
  type        = string

  validation {
    condition     = startswith(var.tier, "db-custom-")
    error_message = "A tier of the Enterprise edition, such as db-custom-2-8192."
  }
}

variable "storage_gb" {
  description = "Storage at the start, and how far it may grow by itself."
  type        = object({ min = number, max = number })

  validation {
    condition     = var.storage_gb.min >= 10 && var.storage_gb.max > var.storage_gb.min
    error_message = "10 GB at least, and room to grow."
  }
}

variable "backup_retention_days" {
  description = "How many daily backups are kept; the last seven days can be restored to the second."
  type        = number

  validation {
    condition     = var.backup_retention_days >= 7 && var.backup_retention_days <= 365
    error_message = "From 7 to 365."
  }
}

variable "kms_key_id" {
  description = "The key that storage and backups are encrypted with."
  type        = string
}
