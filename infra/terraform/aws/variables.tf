variable "region" {
  description = "The AWS region; it must have three zones."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}-[a-z]+-[0-9]$", var.region))
    error_message = "A region, such as eu-central-1."
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
  description = "The network's addresses, a /16 to /20."
  type        = string
  default     = "10.40.0.0/16"
}

variable "kubernetes_version" {
  description = "Of EKS's control plane and nodes, such as 1.35."
  type        = string
}

variable "operator_cidrs" {
  description = "From where the cluster's API is reached through the internet; none: from the network only."
  type        = list(string)
  default     = []
}

variable "administrator_role_arns" {
  description = "IAM roles whose holders may do everything in the cluster."
  type        = set(string)
}

variable "node_type" {
  description = "The nodes' instance type."
  type        = string
  default     = "m7i.large"
}

variable "node_count" {
  description = "How few and how many nodes."
  type        = object({ min = number, max = number })
  default     = { min = 3, max = 9 }
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

variable "gateway_port" {
  description = "Where the gateway listens."
  type        = number
  default     = 8080
}

variable "certificate_arn" {
  description = "The certificate of the shop's name, in ACM and in the same region."
  type        = string
}

variable "postgres_version" {
  description = "PostgreSQL's major version."
  type        = string
  default     = "18"
}

variable "database_class" {
  description = "The size of primary, standby and replica."
  type        = string
  default     = "db.m7g.large"
}

variable "database_storage_gb" {
  description = "PostgreSQL's storage at the start, and how far it may grow by itself."
  type        = object({ min = number, max = number })
  default     = { min = 100, max = 1000 }
}

variable "kafka_version" {
  description = "Kafka's version, as MSK calls it."
  type        = string
  default     = "4.1.x.kraft"
}

variable "broker_type" {
  description = "The brokers' instance type."
  type        = string
  default     = "kafka.m7g.large"
}

variable "broker_storage_gb" {
  description = "Each broker's storage at the start, and how far it may grow by itself."
  type        = object({ min = number, max = number })
  default     = { min = 100, max = 1000 }
}

variable "backup_bucket" {
  description = "The name of the bucket for backups: no other account may have one of that name."
  type        = string
}

variable "backup_retention_days" {
  description = "How far back RDS can be restored, and how long backups in the bucket cannot be deleted."
  type        = number
  default     = 35
}

variable "mail_domain" {
  description = "The domain that the shop's mails come from."
  type        = string
}

variable "mail_feedback_package" {
  description = "The zip of infra/mail-feedback."
  type        = string
}

variable "alarm_addresses" {
  description = "Mail addresses of those who are told of alarms."
  type        = set(string)
}

variable "notification_lambda" {
  description = "The consumers of notification as a function: the zip of npm run lambda, when reading begins the first time, and SUPPORT_MAIL. Its secrets must have been filled before. null: the process alone hears."
  type        = object({ package_file = string, hear_from = string, support_mail = string })
  default     = null
}
