/** NetworkPolicies as a graph: who may reach whom at which port. */
import { type Labels, type Manifest, of, type Pod } from "./kinds.ts";

export interface Peer {
  readonly podSelector?: { readonly matchLabels?: Labels };
  readonly namespaceSelector?: { readonly matchLabels?: Labels };
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
}

export interface Policy {
  readonly podSelector: { readonly matchLabels?: Labels };
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

export function policies(all: readonly Manifest[]): readonly Manifest<Policy>[] {
  return [...of<Policy>(all, "NetworkPolicy").values()];
}

function selects(selector: { readonly matchLabels?: Labels } | undefined, labels: Labels): boolean {
  return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

/** The rules of all policies of a pod. */
export function rulesOf(
  all: readonly Manifest[],
  labels: Labels,
  way: "ingress" | "egress",
): readonly Rule[] {
  return policies(all)
    .filter(({ spec }) => selects(spec.podSelector, labels))
    .flatMap(({ spec }) => spec[way] ?? []);
}

/** Of the pods of one namespace: whether both ends let `from` reach `to`. */
export function mayReach(
  all: readonly Manifest[],
  from: Labels,
  to: Labels,
  port: number,
): { readonly out: boolean; readonly in: boolean } {
  const lets = (rules: readonly Rule[], peer: Labels, key: "from" | "to") =>
    rules.some(
      (rule) =>
        (rule.ports ?? []).some((one) => one.port === port) &&
        (rule[key] ?? []).some(
          ({ podSelector, namespaceSelector }) =>
            podSelector !== undefined && !namespaceSelector && selects(podSelector, peer),
        ),
    );
  return {
    out: lets(rulesOf(all, from, "egress"), to, "to"),
    in: lets(rulesOf(all, to, "ingress"), from, "from"),
  };
}

/** Pods by their label `app.kubernetes.io/name`. */
export function byName(pods: readonly Pod[], name: string): Labels {
  const labels = pods.find((pod) => pod.labels["app.kubernetes.io/name"] === name)?.labels;
  if (!labels) {
    throw new Error(`no pod has the name ${name}`);
  }
  return labels;
}
