// How a client's connections behave: those of the kit, and the gateway's own.
import type { ChannelOptions, ServiceConfig } from "@grpc/grpc-js";

/** An rpc that may be sent twice, by its contract's `idempotency_level`. */
export interface Repeatable {
  readonly service: string;
  readonly method: string;
}

/** `name`: what TLS is told, which takes no address as a name (RFC 6066). */
export function channelOptions(name: string, repeatable: readonly Repeatable[]): ChannelOptions {
  return {
    "grpc.ssl_target_name_override": name,
    "grpc.service_config": JSON.stringify(serviceConfig(repeatable)),
    // Ours is the only one: no look-up of TXT records.
    "grpc.service_config_disable_resolution": 1,
    // Whoever loses an instance learns at once who took its place; 30 s by default.
    "grpc.dns_min_time_between_resolutions_ms": 1_000,
    "grpc.keepalive_time_ms": 20_000,
    "grpc.keepalive_timeout_ms": 5_000,
    "grpc.max_send_message_length": 1024 * 1024,
    "grpc.max_receive_message_length": 4 * 1024 * 1024,
    // A service that was restarted is found again within a second.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1_000,
    "grpc.enable_http_proxy": 0,
  };
}

/**
 * How many lost calls in a row are sent again before retries wait for successes: an instance that
 * dies takes with it all that is under way there, and a connection carries 200 (rpc.ts).
 */
const RETRIES = 200;

/** Calls go to all instances in turn; of those that are lost, the repeatable are sent again. */
function serviceConfig(name: readonly Repeatable[]): ServiceConfig {
  const retryPolicy = {
    maxAttempts: 3,
    initialBackoff: "0.05s",
    maxBackoff: "0.5s",
    backoffMultiplier: 2,
    retryableStatusCodes: ["UNAVAILABLE"],
  };
  return {
    loadBalancingConfig: [{ round_robin: {} }],
    methodConfig: name.length > 0 ? [{ name: [...name], retryPolicy }] : [],
    // Retries end where half of the tokens are gone.
    retryThrottling: { maxTokens: 2 * RETRIES, tokenRatio: 0.1 },
  };
}
