// Who is at the other end of a connection, and until when the answer is wanted: grpc-js knows,
// nice-grpc does not ask. Both are handed on as metadata that only this file can write.
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";

/** The peer service's name: internal. */
export const peerKey = "x-tradepost-peer";
/** Milliseconds since 1970: internal. */
export const deadlineKey = "x-tradepost-deadline";
/** What a peer says of itself; believed only without TLS, in development and tests. */
export const serviceKey = "x-tradepost-service";

const identity = /(?:^|, )URI:spiffe:\/\/tradepost\/([a-z][a-z0-9-]*)(?:,|$)/;

/** `spiffe://tradepost/order` in a certificate's alternative names → `order`. */
export function serviceOfCertificate(subjectAltName: string | undefined): string | undefined {
  return identity.exec(subjectAltName ?? "")?.[1];
}

/** Reading a certificate costs more than the rest of a call, so it is done once a connection. */
const peers = new WeakMap<object, string>();

export function peerInterceptor({ isPlaintext }: { isPlaintext: boolean }): ServerInterceptor {
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, forward) {
            const claimed = isPlaintext ? metadata.get(serviceKey)[0] : undefined;
            metadata.remove(serviceKey);
            replace(metadata, peerKey, claimed?.toString() ?? certified(call));
            const deadline = call.getDeadline();
            replace(metadata, deadlineKey, Number.isFinite(+deadline) ? `${+deadline}` : "");
            forward(metadata);
          },
        });
      },
    });
}

function replace(metadata: Metadata, key: string, value: string): void {
  metadata.remove(key);
  if (value) {
    metadata.set(key, value);
  }
}

function certified(call: ServerInterceptingCallInterface): string {
  const connection = connectionOf(call);
  let peer = connection && peers.get(connection);
  if (peer === undefined) {
    const { sslPeerCertificate } = call.getAuthContext();
    peer = serviceOfCertificate(sslPeerCertificate?.subjectaltname) ?? "";
    if (connection) {
      peers.set(connection, peer);
    }
  }
  return peer;
}

/** grpc-js keeps the stream to itself; if it hides better one day, only the cache is lost. */
function connectionOf(call: unknown): object | undefined {
  return (call as { stream?: { session?: object } }).stream?.session;
}
