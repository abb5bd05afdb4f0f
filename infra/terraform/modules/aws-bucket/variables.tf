variable "name" {
  description = "The bucket's name: no other account may have one of that name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket's name is 3 to 63 lower case letters, digits and -."
  }
}

variable "retention_days" {
  description = "How long what is put there can neither be changed nor deleted; afterwards it goes."
  type        = number

  validation {
    condition     = var.retention_days >= 7
    error_message = "A week at least."
  }
}

variable "kms_key_arn" {
  description = "The key that its objects are encrypted with."
  type        = string
}
