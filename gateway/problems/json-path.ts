import { protoCamelCase } from "@bufbuild/protobuf/reflect";

/**
 * A field's path as the client wrote it: `shipping_address.zip` → `shippingAddress.zip`. Where
 * the body is one field of the request, that field's name is not in the client's document.
 */
export function jsonPath(protoPath: string, bodyField: string): string {
  // Map keys, in brackets, are data.
  const path = protoPath.replace(/\[[^\]]*\]|[^.[\]]+/g, (part) =>
    part.startsWith("[") ? part : protoCamelCase(part),
  );
  const prefix = `${protoCamelCase(bodyField)}.`;
  return bodyField !== "" && path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
