variable "name" {
  description = "The environment's name; everything here is named after it."
  type        = string
}

variable "package_file" {
  description = "The zip of what npm run lambda makes."
  type        = string

  validation {
    condition     = fileexists(var.package_file)
    error_message = "There is no such file: docs/deploy.md says how it is made."
  }
}

variable "hear_from" {
  description = "When the reading of each topic begins the first time, at most 30 days ago: so long the inbox knows what was heard. Another time makes it begin anew."
  type        = string

  validation {
    condition     = can(timeadd(var.hear_from, "0s"))
    error_message = "A time, such as 2026-11-02T09:30:00Z."
  }
}

variable "support_mail" {
  description = "SUPPORT_MAIL, as the process has it."
  type        = string

  validation {
    condition     = strcontains(var.support_mail, "@")
    error_message = "A mail address, such as support@shop.example."
  }
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of Kafka and PostgreSQL, without a way out: the function's too."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "Two zones at least, or nobody is told of anything when one is lost."
  }
}

variable "pod_security_group_id" {
  description = "The security group of nodes and pods, which ask AWS by the same endpoints."
  type        = string
}

variable "kafka" {
  description = "MSK: its ARN, its name as CloudWatch calls it, the security group of the brokers, and the mesh's username and password with the key that they are encrypted with."
  type = object({
    arn               = string
    name              = string
    security_group_id = string
    secret_arn        = string
    secret_key_arn    = string
  })
}

variable "database" {
  description = "PostgreSQL: host:port, its security group, and the secret with database-password."
  type = object({
    address           = string
    security_group_id = string
    secret_arn        = string
  })
}

variable "kms_key_arn" {
  description = "The key for package, variables, queues and log; EventBridge must be allowed to use it."
  type        = string
}
