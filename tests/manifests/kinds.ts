/** The parts of Kubernetes' objects that the tests look at. */
export interface Manifest<Spec = unknown> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  readonly spec: Spec;
  readonly data?: Labels;
}

export type Labels = Readonly<Record<string, string>>;

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources?: Readonly<Record<"requests" | "limits", Labels>>;
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly privileged?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: SecretKeyRef };
}

export interface SecretKeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

interface Probe {
  readonly grpc?: { readonly port: number; readonly service?: string };
  readonly httpGet?: { readonly path: string; readonly port: string };
}

interface Volume {
  readonly name: string;
  readonly secret?: {
    readonly secretName: string;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
  readonly [kind: string]: unknown;
}

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string }[];
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly runAsUser?: number;
    readonly seccompProfile?: { readonly type: string };
  };
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: PodSpec;
}

export interface Workload {
  readonly replicas?: number;
  readonly selector?: { readonly matchLabels: Labels };
  readonly template: PodTemplate;
}

export interface Pod {
  readonly kind: string;
  readonly name: string;
  readonly labels: Labels;
  readonly spec: PodSpec;
}

/** Of one kind, by name. */
export function of<Spec>(
  all: readonly Manifest[],
  kind: string,
): ReadonlyMap<string, Manifest<Spec>> {
  const some = all.filter((one) => one.kind === kind) as Manifest<Spec>[];
  return new Map(some.map((one) => [one.metadata.name, one]));
}

/** Every pod that any of them makes. */
export function podsOf(all: readonly Manifest[]): readonly Pod[] {
  return all.flatMap(({ kind, metadata: { name }, spec }) => {
    const template =
      kind === "CronJob"
        ? (spec as { jobTemplate: { spec: Workload } }).jobTemplate.spec.template
        : (spec as Partial<Workload> | undefined)?.template;
    const isPod = template?.spec?.containers !== undefined;
    return isPod ? [{ kind, name, labels: template.metadata.labels, spec: template.spec }] : [];
  });
}

export const NAME = "app.kubernetes.io/name";
