# The consumers of notification as a function, for whoever wants them so: docs/deploy.md.

module "notification_key" {
  source = "../modules/aws-key"
  count  = var.notification_lambda == null ? 0 : 1

  name        = "${var.name}/notification"
  description = "Package, variables, queues and log of ${var.name}'s notification function"
  services    = ["events.amazonaws.com"]
}

module "notification" {
  source = "../modules/aws-notification"
  count  = var.notification_lambda == null ? 0 : 1

  name                  = var.name
  package_file          = var.notification_lambda.package_file
  hear_from             = var.notification_lambda.hear_from
  support_mail          = var.notification_lambda.support_mail
  vpc_id                = module.network.vpc_id
  subnet_ids            = module.network.data_subnet_ids
  pod_security_group_id = module.cluster.security_group_id
  kms_key_arn           = module.notification_key[0].arn

  kafka = {
    arn               = module.kafka.arn
    name              = module.kafka.name
    security_group_id = module.kafka.security_group_id
    secret_arn        = module.kafka.client_secret_arn
    secret_key_arn    = module.data_key.arn
  }

  database = {
    address           = module.database.address
    security_group_id = module.database.security_group_id
    secret_arn        = module.secrets.arns["notification"]
  }
}
