variable "name" {
  description = "The key ring's name; Google never lets it be used again."
  type        = string
}

variable "region" {
  description = "Where the key is, and what is encrypted with it."
  type        = string
}

variable "project_number" {
  description = "The project's number: it is part of the names of Google's service accounts."
  type        = string
}

variable "service_agents" {
  description = "Google's services that use the key, by the domain of their accounts."
  type        = set(string)
}
