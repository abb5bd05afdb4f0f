# Places only. What they hold is put there by hand or by a rotation, so that no state file has it.
resource "aws_secretsmanager_secret" "this" {
  for_each = var.names

  name                    = "${var.prefix}/${each.key}"
  description             = "Read into the cluster by External Secrets; the value is set outside Terraform."
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = 30
}
