variable "name" {
  description = "The role's name."
  type        = string
}

variable "issuer" {
  description = "Who vouches for the cluster's ServiceAccounts: its provider in IAM, and its name there."
  type        = object({ arn = string, host = string })
}

variable "namespace" {
  description = "The namespace of the pods that may."
  type        = string
}

variable "service_account" {
  description = "The ServiceAccount of the pods that may."
  type        = string
}

variable "statements" {
  description = "What the role may do: the statements of an IAM policy."
  type        = any

  validation {
    condition = alltrue([
      for statement in var.statements : !contains(flatten([statement.Action]), "*")
    ])
    error_message = "A pod's role names its actions."
  }
}
