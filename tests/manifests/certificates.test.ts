import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { serviceOfCertificate } from "#kit/peer.ts";
import { programs } from "../../infra/environment/shapes.ts";
import { type Manifest, NAME, of, type Workload } from "./kinds.ts";
import { objects, production, type Stack } from "./render.ts";

interface Certificate {
  readonly isCA?: boolean;
  readonly uris?: readonly string[];
  readonly usages?: readonly string[];
  readonly secretName: string;
  readonly issuerRef: { readonly name: string; readonly kind: string };
}

describe("who somebody is", function () {
  this.timeout(180_000);

  describe("by its certificate", () => {
    let all: readonly Manifest[];
    before(async () => {
      all = await objects(production);
    });

    it("is what the code reads in it, for every program, and nobody else has one", () => {
      const made = [...of<Certificate>(all, "Certificate").values()].filter(
        ({ spec }) => !spec.isCA,
      );
      const found = made.map(({ spec }) => {
        assert.deepEqual(spec.issuerRef, { name: "mesh", kind: "Issuer" });
        assert.ok(spec.usages?.includes("server auth") && spec.usages.includes("client auth"));
        // As node prints a certificate's alternative names.
        const names = spec.uris?.map((uri) => `URI:${uri}`).join(", ");
        return [serviceOfCertificate(names), spec.secretName];
      });
      const wanted = programs.map((name) => [name, `${name}-tls`]);
      assert.deepEqual(found.toSorted(), wanted.toSorted());
    });

    it("is mounted in that program's pods, and in no other's", () => {
      const mounted = [...of<Workload>(all, "Deployment").values()].flatMap(({ metadata, spec }) =>
        (spec.template.spec.volumes ?? [])
          .filter(({ name }) => name === "tls")
          .map(({ secret }) => [metadata.name, secret?.secretName]),
      );
      assert.deepEqual(
        mounted.toSorted(),
        programs.map((name) => [name, `${name}-tls`]).toSorted(),
      );
    });

    it("is given by an authority of the mesh's own", () => {
      const issuers = of<{ ca?: { secretName: string } }>(all, "Issuer");
      const authority = of<Certificate>(all, "Certificate").get("mesh-authority");
      assert.equal(authority?.spec.isCA, true);
      assert.equal(issuers.get("mesh")?.spec.ca?.secretName, authority.spec.secretName);
    });
  });

  describe("by Istio", () => {
    const istio: Stack = { ...production, components: ["istio"] };
    let all: readonly Manifest[];
    before(async () => {
      all = await objects(istio);
    });

    it("is asked of every connection", () => {
      const peers = of<{ mtls: { mode: string }; selector?: object }>(all, "PeerAuthentication");
      assert.deepEqual(
        [...peers.values()].map(({ spec }) => spec),
        [{ mtls: { mode: "STRICT" } }],
      );
    });

    it("binds the header that the code then believes to the account that calls", () => {
      interface Authorization {
        readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
        readonly rules: readonly {
          readonly from?: readonly { source: { principals: readonly string[] } }[];
          readonly to: readonly { operation: { ports: readonly string[] } }[];
          readonly when?: readonly { key: string; values: readonly string[] }[];
        }[];
      }
      const edges = [...of<Authorization>(all, "AuthorizationPolicy").values()].flatMap(
        ({ spec }) =>
          spec.rules
            .filter(({ to }) => to.some(({ operation }) => operation.ports.includes("50051")))
            .map(({ from, when }) => {
              const [principal] = from?.[0]?.source.principals ?? [];
              const caller = /^cluster\.local\/ns\/tradepost\/sa\/(\w+)$/.exec(
                principal ?? "",
              )?.[1];
              assert.deepEqual(when, [
                { key: "request.headers[x-tradepost-service]", values: [caller] },
              ]);
              return `${caller}>${spec.selector.matchLabels[NAME]}`;
            }),
      );
      assert.deepEqual(edges.toSorted(), fromPolicies(all).toSorted());
    });

    it("routes to what outlier detection leaves, and to a canary nothing yet", () => {
      interface Rule {
        readonly host: string;
        readonly trafficPolicy: { readonly outlierDetection?: object };
      }
      interface Route {
        readonly http: readonly { readonly route: readonly { weight: number }[] }[];
      }
      const rules = of<Rule>(all, "DestinationRule");
      assert.deepEqual([...rules.keys()].toSorted(), [...programs].toSorted());
      assert.ok([...rules.values()].every(({ spec }) => spec.trafficPolicy.outlierDetection));
      const routes = of<Route>(all, "VirtualService");
      assert.deepEqual([...routes.keys()].toSorted(), [...programs].toSorted());
      for (const { spec } of routes.values()) {
        assert.deepEqual(
          spec.http[0]?.route.map(({ weight }) => weight),
          [100, 0],
        );
      }
    });
  });

  /** `order>product` of the NetworkPolicies, which network.test.ts compares with the code. */
  function fromPolicies(all: readonly Manifest[]): string[] {
    interface Ingress {
      readonly ingress?: readonly {
        readonly from: readonly { podSelector?: { matchLabels: Record<string, string> } }[];
        readonly ports: readonly { readonly port: number }[];
      }[];
    }
    return [...of<Ingress>(all, "NetworkPolicy").values()].flatMap(({ metadata, spec }) =>
      (spec.ingress ?? [])
        .filter(({ ports }) => ports.some(({ port }) => port === 50_051))
        .flatMap(({ from }) =>
          from.map(({ podSelector }) => `${podSelector?.matchLabels[NAME]}>${metadata.name}`),
        ),
    );
  }
});
