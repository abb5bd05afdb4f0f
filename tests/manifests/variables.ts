/** The environment that a container is given, secrets as references. */
import { type Container, type Manifest, of, type SecretKeyRef } from "./kinds.ts";

export interface Reference {
  readonly secret: string;
  readonly key: string;
  /** Where it is missing, the variable is too. */
  readonly isOptional?: boolean;
}

export function environmentOf(
  all: readonly Manifest[],
  container: Container,
): Readonly<Record<string, string | Reference>> {
  const maps = of(all, "ConfigMap");
  const shared = (container.envFrom ?? []).map(({ configMapRef: { name } }) => {
    const map = maps.get(name);
    if (!map) {
      throw new Error(`no ConfigMap has the name ${name}`);
    }
    return map.data ?? {};
  });
  const own = (container.env ?? []).map(({ name, value, valueFrom }) => {
    const reference = valueFrom?.secretKeyRef;
    return [name, reference ? toReference(reference) : (value ?? "")];
  });
  return Object.assign({}, ...shared, Object.fromEntries(own));
}

function toReference({ name, key, optional }: SecretKeyRef): Reference {
  return { secret: name, key, ...(optional && { isOptional: optional }) };
}

export function references(environment: Readonly<Record<string, string | Reference>>): Reference[] {
  return Object.values(environment).filter((value) => typeof value !== "string");
}
