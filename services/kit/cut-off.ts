/** Calls whose connection broke when their answer had begun: gRPC sends none of them again. */
import { type ClientUnaryCall, type ServiceError, status } from "@grpc/grpc-js";

type Answered<Answer> = (error: ServiceError | null, answer?: Answer) => void;

/** `send`, and once more if it was cut off and the contract says that it may be repeated. */
export function sendOnceMore<Answer>(
  mayRepeat: boolean,
  send: (answered: Answered<Answer>) => ClientUnaryCall,
  answered: Answered<Answer>,
): { cancel(): void } {
  let isFirst = true;
  let isCancelled = false;
  const hear: Answered<Answer> = (error, answer) => {
    if (error && mayRepeat && isFirst && !isCancelled && isCutOff(error)) {
      isFirst = false;
      call = send(hear);
    } else {
      answered(error, answer);
    }
  };
  let call = send(hear);
  return {
    cancel() {
      isCancelled = true;
      call.cancel();
    },
  };
}

/** What grpc-js says of a connection that is gone; a service that answers says something else. */
function isCutOff({ code, details }: ServiceError): boolean {
  return code === status.UNAVAILABLE && /^Connection dropped$|\bECONNRESET\b/.test(details);
}
