variable "name" {
  description = "The cluster's name."
  type        = string
}

variable "kubernetes_version" {
  description = "Of the control plane; nodes follow."
  type        = string

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "A version of Kubernetes is written like 1.34."
  }
}

variable "subnet_ids" {
  description = "Where nodes and pods live: one subnet in each zone."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "EKS needs subnets in two zones at least."
  }
}

variable "operator_cidrs" {
  description = "From where the API server is reached through the internet; empty: from the network only."
  type        = list(string)

  validation {
    condition     = alltrue([for cidr in var.operator_cidrs : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "Each must be a CIDR block, and not the whole internet."
  }
}

variable "administrator_role_arns" {
  description = "IAM roles whose holders may do everything in the cluster."
  type        = set(string)
}

variable "node_type" {
  description = "The nodes' instance type."
  type        = string
}

variable "node_count" {
  description = "How few and how many nodes."
  type        = object({ min = number, max = number })

  validation {
    condition     = var.node_count.min >= 3 && var.node_count.max >= var.node_count.min
    error_message = "Three nodes at least, one in each zone, and max not below min."
  }
}

variable "kms_key_arn" {
  description = "The key that Kubernetes' secrets and the control plane's logs are encrypted with."
  type        = string
}
