// Who stands behind a name, asked again and again. grpc-js asks when a connection is lost, and
// then only: an instance that is added beside healthy ones would get no calls for minutes.
import { type ChannelOptions, experimental } from "@grpc/grpc-js";

/** Name servers keep an answer for some seconds more: an instance is found within ten. */
const LOOK_UP_EVERY_MS = 5_000;
const SCHEME = "names";

/** The address as a channel is to be given it: a name is looked up for as long as it is used. */
export function targetOf(address: string): string {
  if (address.startsWith("ipv4:")) {
    return address;
  }
  return address.startsWith("dns:")
    ? address.replace("dns:", `${SCHEME}:`)
    : `${SCHEME}:///${address}`;
}

/** The resolver of grpc-js, asked every few seconds. A list like the last ends no connection. */
class NameResolver implements experimental.Resolver {
  readonly #inner: experimental.Resolver;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    target: experimental.GrpcUri,
    listener: experimental.ResolverListener,
    options: ChannelOptions,
  ) {
    this.#inner = experimental.createResolver({ ...target, scheme: "dns" }, listener, options);
  }

  updateResolution(): void {
    this.#timer ??= setInterval(() => this.#inner.updateResolution(), LOOK_UP_EVERY_MS).unref();
    this.#inner.updateResolution();
  }

  destroy(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#inner.destroy();
  }

  static getDefaultAuthority({ path }: experimental.GrpcUri): string {
    return path;
  }
}

experimental.registerResolver(SCHEME, NameResolver);
