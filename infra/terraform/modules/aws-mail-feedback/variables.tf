variable "name" {
  description = "The environment's name; everything here is named after it."
  type        = string
}

variable "mail_domain" {
  description = "The domain that the shop's mails come from; SES's DKIM records go into its DNS."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.mail_domain))
    error_message = "A domain, such as shop.example."
  }
}

variable "package_file" {
  description = "The zip with handler.mjs, made from infra/mail-feedback."
  type        = string

  validation {
    condition     = fileexists(var.package_file)
    error_message = "There is no such file: docs/deploy.md says how it is made."
  }
}

variable "kms_key_arn" {
  description = "The key for messages and logs; SNS and SES must be allowed to use it."
  type        = string
}
