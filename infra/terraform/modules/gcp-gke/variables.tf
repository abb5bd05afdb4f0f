variable "project" {
  description = "The project's id."
  type        = string
}

variable "name" {
  description = "The cluster's name."
  type        = string
}

variable "region" {
  description = "The region; control plane and nodes are in three of its zones."
  type        = string
}

variable "network_id" {
  description = "The network."
  type        = string
}

variable "subnet_id" {
  description = "The subnet of nodes and pods."
  type        = string
}

variable "pod_range" {
  description = "The name of the pods' addresses in the subnet."
  type        = string
}

variable "service_range" {
  description = "The name of the Kubernetes services' addresses in the subnet."
  type        = string
}

variable "operator_cidrs" {
  description = "From where the API server is reached through the internet; empty: from the network only."
  type        = set(string)

  validation {
    condition     = alltrue([for cidr in var.operator_cidrs : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "Each must be a CIDR block, and not the whole internet."
  }
}

variable "machine_type" {
  description = "The nodes' machine type."
  type        = string
}

variable "nodes_per_zone" {
  description = "How few and how many nodes in each of the three zones."
  type        = object({ min = number, max = number })

  validation {
    condition     = var.nodes_per_zone.min >= 1 && var.nodes_per_zone.max >= var.nodes_per_zone.min
    error_message = "One node in each zone at least, and max not below min."
  }
}

variable "kms_key_id" {
  description = "The key that Kubernetes' secrets and the nodes' disks are encrypted with."
  type        = string
}
