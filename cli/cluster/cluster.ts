// Where a mesh is brought up: a kind or minikube cluster on this machine, or a context of kubectl.
import { WrongUse } from "../wrong-use.ts";
import type { Command } from "./step.ts";

/** Everything of a mesh is in it. */
export const NAMESPACE = "tradepost";

export interface ClusterOptions {
  readonly target: string;
  readonly registry?: string;
}

export interface Cluster {
  /** As it was named: `kind`, `minikube` or a context. */
  readonly target: string;
  /** Of kubectl's configuration. */
  readonly context: string;
  /** The folder of the manifests that it is given. */
  readonly overlay: string;
  /** What is called on the way there. */
  readonly tools: readonly Tool[];
  /** What to do where the context is not known. */
  readonly remedy: string;
  /** Without the tag. */
  readonly image: string;
  /** Brings the image to where the cluster finds it. */
  deliver(image: string): Command;
  /** As kubectl selects them: jobs of the release before, which no manifest can change. */
  readonly oldJobs: readonly string[];
  /** Somebody else works with it: only what is committed goes there. */
  readonly isShared: boolean;
}

export interface Tool {
  readonly file: string;
  /** Where to get it. */
  readonly from: string;
}

const docker: Tool = { file: "docker", from: "https://docs.docker.com/engine/install" };
const kubectl: Tool = { file: "kubectl", from: "https://kubernetes.io/docs/tasks/tools" };
const kind: Tool = { file: "kind", from: "https://kind.sigs.k8s.io" };
const minikube: Tool = { file: "minikube", from: "https://minikube.sigs.k8s.io" };

const ON_THIS_MACHINE = {
  overlay: "k8s/overlays/local",
  image: "tradepost",
  oldJobs: ["--all"],
  isShared: false,
};

const PRODUCTION = "k8s/overlays/production";

export function clusterOf({ target, registry }: ClusterOptions): Cluster {
  if (target === "kind" || target === "minikube") {
    if (registry !== undefined) {
      throw new WrongUse(`--registry is not for ${target}: the image is loaded into it`);
    }
    return target === "kind" ? ofKind() : ofMinikube();
  }
  if (!/^[^\s-]\S*$/.test(target)) {
    throw new WrongUse("--target is empty: it must be kind, minikube or a context of kubectl");
  }
  return {
    target,
    context: target,
    overlay: PRODUCTION,
    tools: [docker, kubectl],
    remedy: "kubectl config get-contexts lists them",
    image: registry === undefined ? "tradepost" : `${registry.replace(/\/$/, "")}/tradepost`,
    deliver: (image) => ["docker", "push", image],
    oldJobs: ["--selector", "app.kubernetes.io/component=migration"],
    isShared: true,
  };
}

/** The cluster that kind makes when it is told no name. */
function ofKind(): Cluster {
  return {
    ...ON_THIS_MACHINE,
    target: "kind",
    context: "kind-kind",
    tools: [docker, kubectl, kind],
    remedy: "kind create cluster makes it",
    deliver: (image) => ["kind", "load", "docker-image", image],
  };
}

function ofMinikube(): Cluster {
  return {
    ...ON_THIS_MACHINE,
    target: "minikube",
    context: "minikube",
    tools: [docker, kubectl, minikube],
    remedy: "minikube start makes it",
    deliver: (image) => ["minikube", "image", "load", image],
  };
}

/** A command of kubectl in the mesh's namespace. */
export function inMesh({ context }: Cluster, ...args: string[]): Command {
  return ["kubectl", "--context", context, "--namespace", NAMESPACE, ...args];
}
