variable "prefix" {
  description = "What every secret's name begins with."
  type        = string
}

variable "names" {
  description = "The secrets' names after the prefix."
  type        = set(string)
}

variable "kms_key_arn" {
  description = "The key that they are encrypted with."
  type        = string
}
