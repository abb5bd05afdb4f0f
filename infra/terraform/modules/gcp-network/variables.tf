variable "name" {
  description = "The network's name."
  type        = string
}

variable "region" {
  description = "The region of nodes and pods."
  type        = string
}

variable "cidr" {
  description = "The network's addresses: a /16 to /18, half of it for pods."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && contains(range(16, 19), try(tonumber(split("/", var.cidr)[1]), 0))
    error_message = "The network must be a CIDR block from /16 to /18, such as 10.40.0.0/16."
  }
}
