variable "name" {
  description = "What every alarm's name begins with."
  type        = string
}

variable "addresses" {
  description = "Mail addresses of those who are told."
  type        = set(string)

  validation {
    condition     = length(var.addresses) > 0 && alltrue([for address in var.addresses : strcontains(address, "@")])
    error_message = "Somebody must be told: at least one mail address."
  }
}

variable "alarms" {
  description = "Each alarm by its name: which metric, and what of it is wrong for how many minutes."
  type = map(object({
    says           = string
    namespace      = string
    metric         = string
    dimensions     = map(string)
    statistic      = optional(string, "Maximum")
    percentile     = optional(string)
    below          = optional(bool, false)
    threshold      = number
    minutes        = number
    silence_is_bad = optional(bool, false)
  }))
}

variable "kms_key_arn" {
  description = "The key that messages are encrypted with."
  type        = string
}
