variable "name" {
  description = "The bucket's name: nobody else in the world may have one of that name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket's name is 3 to 63 lower case letters, digits and -."
  }
}

variable "region" {
  description = "Where its objects are."
  type        = string
}

variable "retention_days" {
  description = "How long what is put there is kept."
  type        = number

  validation {
    condition     = var.retention_days >= 7
    error_message = "A week at least."
  }
}

variable "may_be_overwritten" {
  description = "For scratch; what is not may neither be changed nor deleted until it has been kept."
  type        = bool
}

variable "members" {
  description = "Who may do what: a member by a role."
  type        = map(string)
}

variable "kms_key_id" {
  description = "The key that its objects are encrypted with."
  type        = string
}
