// What `tradepost up` does, step by step.
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { root } from "../../infra/dev/root.ts";
import { services } from "../../infra/dev/services.ts";
import { type Cluster, inMesh } from "./cluster.ts";
import type { Step } from "./step.ts";

/** How long a rollout may take: images are pulled, and migrations run before. */
const LIMIT = "--timeout=600s";

/**
 * Asks from inside, where neither ingress nor forwarded port is needed, whether all answer; for a
 * minute, since a service that is up may not have found Kafka yet.
 */
const SMOKE = [
  "let answer;",
  "for (let n = 0; n < 60 && answer?.status !== 200; n++) {",
  "await new Promise((next) => setTimeout(next, 1000));",
  'answer = await fetch("http://127.0.0.1:8080/health/services");',
  "}",
  "console.log(await answer.text());",
  "process.exit(answer.status === 200 ? 0 : 1);",
].join(" ");

/** `tag`: of the image; the commit that it was built from. */
export function stepsUp(cluster: Cluster, tag: string): readonly Step[] {
  const { image, context, overlay } = cluster;
  const tagged = `${image}:${tag}`;
  const folder = folderOf(cluster);
  const dockerfile = "infra/docker/Dockerfile";
  return [
    {
      title: "build the image",
      command: ["docker", "build", "--file", dockerfile, "--tag", tagged, "."],
    },
    { title: "bring it to the cluster", command: cluster.deliver(tagged) },
    {
      title: "name the image in the manifests",
      file: `${folder}/kustomization.yaml`,
      text: kustomization(relative(resolve(root, folder), resolve(root, overlay)), {
        name: imageIn(readFileSync(join(root, overlay, "kustomization.yaml"), "utf8")),
        newName: image,
        newTag: tag,
      }),
    },
    {
      title: "forget the jobs of the release before",
      command: inMesh(cluster, "delete", "jobs", ...cluster.oldJobs, "--ignore-not-found"),
    },
    {
      title: "apply the manifests",
      command: ["kubectl", "--context", context, "apply", "--kustomize", folder],
    },
    ...[...services, "gateway"].map((name) => ({
      title: `wait for ${name}`,
      command: inMesh(cluster, "rollout", "status", `deployment/${name}`, LIMIT),
    })),
    {
      title: "wait for what they stand on",
      command: inMesh(cluster, "wait", "deployments", "--all", "--for=condition=Available", LIMIT),
    },
    {
      title: "ask whether all answer",
      command: inMesh(
        cluster,
        "exec",
        "deployment/gateway",
        "--",
        "node",
        "--input-type=module",
        "--eval",
        SMOKE,
      ),
    },
  ];
}

/** Data goes with it. */
export function stepsDown({ context, overlay }: Cluster): readonly Step[] {
  const args = ["delete", "--kustomize", overlay, "--ignore-not-found"];
  return [{ title: "delete the mesh", command: ["kubectl", "--context", context, ...args] }];
}

/** Beside what else is made and not kept in git; a context may be named with slashes. */
function folderOf({ target }: Cluster): string {
  const dir = process.env.TRADEPOST_DIR || ".tradepost";
  return join(dir, "deploy", target.replace(/[^\w.-]/g, "-"));
}

/** Under which name an overlay's manifests leave the image: a deployment may have renamed it. */
export function imageIn(overlay: string): string {
  const [, renamed] = /^ {2}- name: tradepost\b.*\n {4}newName: (\S+)$/m.exec(overlay) ?? [];
  return renamed ?? "tradepost";
}

interface Renaming {
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
}

function kustomization(overlay: string, { name, newName, newTag }: Renaming): string {
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ${overlay}
images:
  - name: ${name}
    newName: ${newName}
    newTag: ${JSON.stringify(newTag)}
`;
}
