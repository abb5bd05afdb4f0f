variable "prefix" {
  description = "What every secret's name begins with."
  type        = string
}

variable "names" {
  description = "The secrets' names after the prefix."
  type        = set(string)
}

variable "region" {
  description = "Where they are kept."
  type        = string
}

variable "reader" {
  description = "Who may read them: External Secrets."
  type        = string
}

variable "kms_key_id" {
  description = "The key that they are encrypted with."
  type        = string
}
