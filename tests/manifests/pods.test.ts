import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type Container, type Manifest, NAME, type Pod, podsOf } from "./kinds.ts";
import { nameOf, objects, type Stack, stacks } from "./render.ts";

describe("every pod of every overlay and component", function () {
  this.timeout(180_000);
  const pods: (Pod & { readonly where: string })[] = [];
  const accounts = new Map<string, readonly string[]>();
  before(async () => {
    const found = await stacks();
    const all = await Promise.all(
      found.map(async (stack) => [stack, await objects(stack)] as const),
    );
    for (const [stack, manifests] of all) {
      keep(stack, manifests);
    }
    assert.ok(pods.length > 50, "the pods were found");
  });

  function keep(stack: Stack, manifests: readonly Manifest[]): void {
    const stackName = nameOf(stack);
    for (const pod of podsOf(manifests)) {
      pods.push({ ...pod, where: `${stackName}: ${pod.kind} ${pod.name}` });
    }
    const bound = manifests.filter(({ kind }) => kind === "ServiceAccount");
    accounts.set(
      stackName,
      bound.map(({ metadata }) => metadata.name),
    );
  }

  /** The pods, or their containers, of which `isWrong` is true. */
  function wrongPods(isWrong: (pod: Pod) => boolean): string[] {
    return pods.filter(isWrong).map(({ where }) => where);
  }

  function wrongContainers(isWrong: (container: Container, pod: Pod) => boolean): string[] {
    return pods.flatMap((pod) =>
      [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
        .filter((container) => isWrong(container, pod))
        .map(({ name }) => `${pod.where}, ${name}`),
    );
  }

  it("is within Kubernetes' restricted profile", () => {
    const allowed = /^(configMap|secret|emptyDir|projected|downwardAPI|persistentVolumeClaim)$/;
    const isOpen = ({ spec }: Pod) =>
      spec.securityContext?.runAsNonRoot !== true ||
      spec.securityContext.runAsUser === undefined ||
      spec.securityContext.runAsUser === 0 ||
      spec.securityContext.seccompProfile?.type !== "RuntimeDefault" ||
      Boolean(spec.hostNetwork || spec.hostPID || spec.hostIPC) ||
      (spec.volumes ?? []).some(({ name: _, ...volume }) =>
        Object.keys(volume).some((kind) => !allowed.test(kind)),
      );
    assert.deepEqual(wrongPods(isOpen), []);
    const isPrivileged = ({ securityContext: context }: Container) =>
      context?.allowPrivilegeEscalation !== false ||
      context.privileged === true ||
      context.capabilities?.drop?.join() !== "ALL" ||
      (context.capabilities.add?.length ?? 0) > 0;
    assert.deepEqual(wrongContainers(isPrivileged), []);
  });

  it("writes nowhere but in its volumes, and ours run as a user of their own", () => {
    const writes = ({ securityContext }: Container) =>
      securityContext?.readOnlyRootFilesystem !== true;
    assert.deepEqual(wrongContainers(writes), []);
    const isOthers = ({ image }: Container, { spec }: Pod) =>
      /^tradepost[:@]/.test(image) && Number(spec.securityContext?.runAsUser) < 10_000;
    assert.deepEqual(wrongContainers(isOthers), []);
  });

  it("has no token of Kubernetes, no links, a name, and an account that may do nothing", () => {
    const isTold = ({ spec, labels }: Pod) =>
      spec.automountServiceAccountToken !== false ||
      spec.enableServiceLinks !== false ||
      !labels[NAME];
    assert.deepEqual(wrongPods(isTold), []);
    const unknown = pods.filter(({ spec, where }) => {
      const account = spec.serviceAccountName ?? "default";
      const names = accounts.get(where.split(":")[0] ?? "") ?? [];
      return account !== "default" && !names.includes(account);
    });
    assert.deepEqual(
      unknown.map(({ where }) => where),
      [],
    );
  });

  it("says what it needs and what it may have at most", () => {
    const isVague = ({ resources }: Container) =>
      [resources?.requests, resources?.limits].some((some) => !some?.cpu || !some.memory);
    assert.deepEqual(wrongContainers(isVague), []);
  });

  it("is asked whether it lives and whether it is ready, if it is there to stay", () => {
    const isUnasked = ({ livenessProbe, readinessProbe }: Container, { kind }: Pod) =>
      kind === "Deployment" && (!livenessProbe || !readinessProbe);
    assert.deepEqual(wrongContainers(isUnasked), []);
  });

  it("runs an image of which the version is named", () => {
    const isAny = ({ image }: Container) =>
      !/:[\w.-]*\d[\w.-]*$|@sha256:|^tradepost:dev$/.test(image);
    assert.deepEqual(wrongContainers(isAny), []);
  });
});
