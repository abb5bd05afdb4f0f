// Which of a cloud's things keep data, and what each must say so that it is encrypted.
import { blocks, type Module, type Resource, type Value } from "./configuration.ts";

/** A path into the resource's body; every block on the way must have it. With a value: exactly that. */
export interface Demand {
  readonly path: string;
  readonly value?: Value;
}

const key = (path: string): Demand => ({ path });
const set = (path: string, value: Value): Demand => ({ path, value });

/** Volumes, buckets, managed databases, and whatever else lies somewhere. */
export const demands: Readonly<Record<string, readonly Demand[]>> = {
  aws_cloudwatch_log_group: [key("kms_key_id")],
  aws_db_instance: [set("storage_encrypted", true), key("performance_insights_kms_key_id")],
  aws_eks_cluster: [
    set("encryption_config.resources", ["secrets"]),
    key("encryption_config.provider.key_arn"),
  ],
  aws_launch_template: [set("block_device_mappings.ebs.encrypted", true)],
  aws_msk_cluster: [
    key("encryption_info.encryption_at_rest_kms_key_arn"),
    set("encryption_info.encryption_in_transit.client_broker", "TLS"),
    set("encryption_info.encryption_in_transit.in_cluster", true),
  ],
  aws_s3_bucket_server_side_encryption_configuration: [
    set("rule.apply_server_side_encryption_by_default.sse_algorithm", "aws:kms"),
    key("rule.apply_server_side_encryption_by_default.kms_master_key_id"),
  ],
  aws_s3_bucket_public_access_block: [
    set("block_public_acls", true),
    set("block_public_policy", true),
    set("ignore_public_acls", true),
    set("restrict_public_buckets", true),
  ],
  // Told by resources of their own: `missingBeside`.
  aws_s3_bucket: [],
  aws_s3_object: [key("kms_key_id")],
  aws_secretsmanager_secret: [key("kms_key_id")],
  aws_sns_topic: [key("kms_master_key_id")],
  aws_sqs_queue: [key("kms_master_key_id")],
  google_container_cluster: [
    set("database_encryption.state", "ENCRYPTED"),
    key("database_encryption.key_name"),
    key("node_config.boot_disk_kms_key"),
  ],
  google_container_node_pool: [key("node_config.boot_disk_kms_key")],
  google_dataproc_cluster: [key("cluster_config.encryption_config.kms_key_name")],
  google_managed_kafka_cluster: [key("gcp_config.kms_key")],
  google_secret_manager_secret: [
    key("replication.user_managed.replicas.customer_managed_encryption.kms_key_name"),
  ],
  google_sql_database_instance: [
    key("encryption_key_name"),
    set("settings.ip_configuration.ssl_mode", "ENCRYPTED_ONLY"),
    set("settings.ip_configuration.ipv4_enabled", false),
  ],
  google_storage_bucket: [
    key("encryption.default_kms_key_name"),
    set("public_access_prevention", "enforced"),
  ],
};

/** What a bucket of S3 is told by resources of their own, one of each beside it. */
const besideBucket = [
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
];

/** Of a server that copies another: AWS takes the other's key. */
export function unmet({ type, body }: Resource): readonly string[] {
  const own = [...(demands[type] ?? [])];
  if (type === "aws_db_instance" && body.replicate_source_db === undefined) {
    own.push(key("kms_key_id"));
  }
  return own.filter((demand) => !isMet(body, demand)).map(({ path }) => path);
}

export function missingBeside({ resources }: Module, bucket: Resource): readonly string[] {
  return besideBucket.filter(
    (type) =>
      !resources.some(
        (one) =>
          one.type === type &&
          String(one.body.bucket).startsWith(`\${aws_s3_bucket.${bucket.name}.`),
      ),
  );
}

function isMet(value: Value | undefined, { path, value: wanted }: Demand): boolean {
  const [name = "", ...rest] = path.split(".");
  const found = (value as Readonly<Record<string, Value>> | undefined)?.[name];
  if (rest.length > 0) {
    const inner = { path: rest.join("."), ...(wanted !== undefined && { value: wanted }) };
    return blocks(found).length > 0 && blocks(found).every((block) => isMet(block, inner));
  }
  return wanted === undefined
    ? typeof found === "string" && found !== ""
    : JSON.stringify(found) === JSON.stringify(wanted);
}
