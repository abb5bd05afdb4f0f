variable "project" {
  description = "The project's id."
  type        = string
}

variable "name" {
  description = "The environment's name; everything here is named after it."
  type        = string
}

variable "region" {
  description = "The region."
  type        = string
}

variable "subnet_id" {
  description = "The subnet that Kafka is reached from."
  type        = string
}

variable "staging_bucket" {
  description = "The name of the bucket for jobs and their checkpoints."
  type        = string
}

variable "machine_type" {
  description = "The machine type of masters and workers."
  type        = string
}

variable "workers" {
  description = "How many machines work."
  type        = number

  validation {
    condition     = var.workers >= 2
    error_message = "Dataproc needs two workers at least."
  }
}

variable "kms_key_id" {
  description = "The key for disks and staging."
  type        = string
}
