variable "name" {
  description = "The key's alias, without alias/."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9/-]+$", var.name))
    error_message = "A key's name is lower case letters, digits, - and /."
  }
}

variable "description" {
  description = "What is encrypted with it."
  type        = string
}

variable "services" {
  description = "AWS services that use the key on their own account, such as sns.amazonaws.com."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for service in var.services : endswith(service, ".amazonaws.com")])
    error_message = "A service is named like sns.amazonaws.com."
  }
}
