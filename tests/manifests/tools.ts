/** The programs that read the manifests as a cluster would, each at one version. */
import type { GoModule, GoTool } from "../../infra/tools/go-tool.ts";

export const KUSTOMIZE = {
  name: "kustomize",
  module: "sigs.k8s.io/kustomize/kustomize/v5",
  version: "v5.6.0",
} as const satisfies GoTool;

/** Has Kubernetes' own schemas in it. */
export const KUBECTL_VALIDATE = {
  name: "kubectl-validate",
  module: "sigs.k8s.io/kubectl-validate",
  version: "v0.0.4",
} as const satisfies GoTool;

/** Docker's own; the last release whose module Go can install by itself. */
export const COMPOSE = {
  name: "cmd",
  module: "github.com/docker/compose/v5/cmd",
  version: "v5.0.2",
} as const satisfies GoTool;

/** Modules with the definitions of the kinds that operators bring, and the folder of those in each. */
export const DEFINITIONS: readonly (GoModule & { readonly folder: string })[] = [
  {
    module: "github.com/cloudnative-pg/cloudnative-pg",
    version: "v1.28.0",
    folder: "config/crd/bases",
  },
  {
    module: "github.com/cloudnative-pg/plugin-barman-cloud",
    version: "v0.15.0",
    folder: "config/crd/bases",
  },
  { module: "github.com/kedacore/keda/v2", version: "v2.16.1", folder: "config/crd/bases" },
  { module: "github.com/cert-manager/cert-manager", version: "v1.21.2", folder: "deploy/crds" },
  {
    module: "github.com/prometheus-operator/prometheus-operator",
    version: "v0.85.0",
    folder: "example/prometheus-operator-crd",
  },
  { module: "istio.io/api", version: "v1.31.1", folder: "kubernetes" },
  { module: "github.com/argoproj/argo-cd/v3", version: "v3.0.0", folder: "manifests/crds" },
  { module: "github.com/argoproj/argo-rollouts", version: "v1.8.5", folder: "manifests/crds" },
  {
    module: "github.com/external-secrets/external-secrets",
    version: "v1.3.2",
    folder: "config/crds/bases",
  },
];
