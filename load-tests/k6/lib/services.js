// Calls straight to the services, as the gateway makes them: mutual TLS, and the person's token.
import grpc from "k6/net/grpc";
import { note } from "./steps.js";

const protos = ["../../proto"];
/** The folder of the dev mesh's certificates, as k6 finds it from its script. */
const certs = __ENV.CERTS || "../../.tradepost/certs";

const tls = {
  cacerts: open(`${certs}/ca.crt`),
  cert: open(`${certs}/operator.crt`),
  key: open(`${certs}/operator.key`),
};

const product = new grpc.Client();
product.load(protos, "tradepost/product/v1/product.proto");
const order = new grpc.Client();
order.load(protos, "tradepost/order/v1/order.proto");

const services = {
  ProductService: { client: product, address: __ENV.PRODUCT_ADDR || "127.0.0.1:50052" },
  OrderService: { client: order, address: __ENV.ORDER_ADDR || "127.0.0.1:50053" },
};

export const ok = grpc.StatusOK;

const connected = {};

/** The answer of one unary call; an empty object, and no status, for none. */
export function call(service, rpc, request, credentials) {
  const begun = Date.now();
  try {
    const { status, message } = invoke(service, rpc, request, credentials);
    return { status, message: message || {} };
  } catch (error) {
    return { status: error.message, message: {} };
  } finally {
    note(rpc, begun);
  }
}

function invoke(service, rpc, request, { token, key } = {}) {
  const { client, address } = services[service];
  if (!connected[service]) {
    client.connect(address, { tls });
    connected[service] = true;
  }
  const path = `tradepost.${service.replace("Service", "").toLowerCase()}.v1.${service}/${rpc}`;
  const metadata = {};
  if (token) {
    metadata.authorization = `Bearer ${token}`;
  }
  if (key) {
    metadata["idempotency-key"] = key;
  }
  return client.invoke(path, request, {
    metadata,
    timeout: "5s",
    tags: { part: "journey", step: rpc },
  });
}
