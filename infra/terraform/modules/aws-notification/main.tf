locals {
  function = "${var.name}-notification"
  topics   = ["orders", "payments", "users"]
  groups   = { for topic in local.topics : topic => "notification-lambda-${topic}" }
}

data "aws_region" "this" {}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${local.function}"
  retention_in_days = 30
  kms_key_id        = var.kms_key_arn
}

# A function that Terraform made would have its variables in the state, and the password in one of
# them. CloudFormation asks Secrets Manager itself, so that no state file has it. It also takes
# nodejs24.x, which this version of the provider refuses.
resource "aws_cloudformation_stack" "function" {
  name          = local.function
  template_body = file("${path.module}/function.yaml")

  parameters = {
    Name            = local.function
    Bucket          = aws_s3_bucket.package.id
    Package         = aws_s3_object.package.key
    PackageVersion  = aws_s3_object.package.version_id
    Role            = aws_iam_role.this.arn
    Key             = var.kms_key_arn
    Log             = aws_cloudwatch_log_group.this.name
    Subnets         = join(",", var.subnet_ids)
    SecurityGroup   = aws_security_group.function.id
    DatabaseAddress = var.database.address
    DatabaseSecret  = var.database.secret_arn
    SupportMail     = var.support_mail
  }

  depends_on = [aws_iam_role_policy.this]
}

# What EventBridge brought and could not be taken in.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = local.function
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 21600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.undelivered.arn
    }
  }

  depends_on = [aws_cloudformation_stack.function]
}
