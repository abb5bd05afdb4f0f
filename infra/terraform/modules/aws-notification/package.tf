# From where CloudFormation takes the package, which is too large for a template. Versions stay, so
# that it finds the one before when a change fails.
resource "aws_s3_bucket" "package" {
  bucket_prefix = "${local.function}-"
  # All that lies there is built again from the repository.
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "package" {
  bucket = aws_s3_bucket.package.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "package" {
  bucket = aws_s3_bucket.package.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_versioning" "package" {
  bucket = aws_s3_bucket.package.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_object" "package" {
  bucket      = aws_s3_bucket.package.id
  key         = "notification.zip"
  source      = var.package_file
  source_hash = filebase64sha256(var.package_file)
  kms_key_id  = var.kms_key_arn

  depends_on = [aws_s3_bucket_versioning.package]
}
