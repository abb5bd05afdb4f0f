# What pods may do at AWS: each by its ServiceAccount, and nobody else anything.

# Puts the gateway's pods behind the balancer. It makes no balancers, so it needs no more than this.
module "balancer_controller" {
  source = "../modules/aws-pod-role"

  name            = "${var.name}-balancer-controller"
  issuer          = module.cluster.issuer
  namespace       = "kube-system"
  service_account = "aws-load-balancer-controller"

  statements = [
    {
      Effect   = "Allow"
      Action   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
      Resource = module.balancer.target_group_arn
    },
    {
      # AWS knows no narrower resource for these.
      Effect = "Allow"
      Action = [
        "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
      ]
      Resource = "*"
    },
  ]
}

module "external_secrets" {
  source = "../modules/aws-pod-role"

  name            = "${var.name}-secrets"
  issuer          = module.cluster.issuer
  namespace       = var.namespace
  service_account = "external-secrets"

  statements = [
    {
      Effect   = "Allow"
      Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
      Resource = concat(values(module.secrets.arns), [module.kafka.client_secret_arn])
    },
    {
      Effect    = "Allow"
      Action    = "kms:Decrypt"
      Resource  = module.data_key.arn
      Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
    },
  ]
}

# How CloudNativePG reaches the bucket. Its key is made by hand and goes into the secret "backups";
# what is deleted with it is only hidden: the bucket keeps it until its time has come.
resource "aws_iam_user" "backups" {
  name = "${var.name}-backups"
}

resource "aws_iam_user_policy" "backups" {
  name = "rights"
  user = aws_iam_user.backups.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = module.backups.arn
      },
      {
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        Resource = "${module.backups.arn}/*"
      },
      {
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = module.data_key.arn
        Condition = { StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" } }
      },
    ]
  })
}
