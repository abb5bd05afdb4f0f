variable "name" {
  description = "The load balancer's name."
  type        = string

  validation {
    condition     = length(var.name) <= 24
    error_message = "24 characters at most, as the target group's name is longer by eight."
  }
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets that the internet reaches."
  type        = list(string)
}

variable "pod_security_group_id" {
  description = "The security group of the gateway's pods."
  type        = string
}

variable "gateway_port" {
  description = "Where the gateway listens: its HTTP_PORT."
  type        = number
}

variable "certificate_arn" {
  description = "The certificate of the shop's name, in ACM."
  type        = string

  validation {
    condition     = startswith(var.certificate_arn, "arn:aws:acm:")
    error_message = "A certificate in ACM, arn:aws:acm:…"
  }
}
