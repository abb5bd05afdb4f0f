// How a client's connection behaves; the gateway's own clients take the same.
import type { ChannelOptions, ServiceConfig } from "@grpc/grpc-js";
import { serviceOf } from "./config.ts";
import { methodOf, methodOptions } from "./descriptors.ts";
import type { Definition } from "./rpc.ts";

export function channelOptions(definition: Definition): ChannelOptions {
  return {
    // The certificate names the service, not its address; TLS takes no address as a name.
    "grpc.ssl_target_name_override": serviceOf(definition.fullName),
    "grpc.service_config": JSON.stringify(serviceConfig(definition)),
    // Ours is the only one: no look-up of TXT records.
    "grpc.service_config_disable_resolution": 1,
    "grpc.keepalive_time_ms": 20_000,
    "grpc.keepalive_timeout_ms": 5_000,
    "grpc.max_send_message_length": 1024 * 1024,
    "grpc.max_receive_message_length": 4 * 1024 * 1024,
    // A service that was restarted is found again soon.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 2_000,
    "grpc.enable_http_proxy": 0,
  };
}

/** Retries with a budget, by the contract's `idempotency_level` (reliability.md, section 2). */
export function serviceConfig(definition: Definition): ServiceConfig {
  const name = Object.values(definition.methods)
    .map((method) => ({ service: definition.fullName, method: method.name }))
    .filter(({ service, method }) => {
      const found = methodOf(`${service}/${method}`);
      return found && methodOptions(found).idempotent;
    });
  const retryPolicy = {
    maxAttempts: 3,
    initialBackoff: "0.05s",
    maxBackoff: "0.5s",
    backoffMultiplier: 2,
    retryableStatusCodes: ["UNAVAILABLE"],
  };
  return {
    loadBalancingConfig: [{ round_robin: {} }],
    methodConfig: name.length > 0 ? [{ name, retryPolicy }] : [],
    retryThrottling: { maxTokens: 10, tokenRatio: 0.1 },
  };
}
