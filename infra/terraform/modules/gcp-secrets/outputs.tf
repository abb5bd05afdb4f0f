output "ids" {
  description = "Each secret by its service."
  value       = { for name, secret in google_secret_manager_secret.this : name => secret.id }
}
