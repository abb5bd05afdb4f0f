# How the mesh signs in. Only its place: username and password are put there, and the secret handed
# to MSK, by the commands of docs/deploy.md, so that no state file has them.
resource "aws_secretsmanager_secret" "client" {
  # MSK takes no name that begins otherwise, and no secret under AWS's own key.
  name                    = "AmazonMSK_${var.name}"
  description             = "The mesh's username and password for Kafka."
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = 30
}
