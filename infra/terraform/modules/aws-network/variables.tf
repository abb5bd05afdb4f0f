variable "name" {
  description = "The environment's name; everything here is named after it."
  type        = string
}

variable "cidr" {
  description = "The network's addresses: a /16 to /20, as pods have addresses of it too."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && contains(range(16, 21), try(tonumber(split("/", var.cidr)[1]), 0))
    error_message = "The network must be a CIDR block from /16 to /20, such as 10.40.0.0/16."
  }
}

variable "kms_key_arn" {
  description = "The key that the flow logs are encrypted with."
  type        = string
}
