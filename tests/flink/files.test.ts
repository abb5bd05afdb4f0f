import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { registry } from "#kit/descriptors.ts";
import { root } from "../../infra/dev/root.ts";
import { toEvent } from "../../services/analytics/events.ts";
import { type Manifest, of, type PodTemplate } from "../manifests/kinds.ts";
import type { Policy } from "../manifests/network.ts";
import { objects, production } from "../manifests/render.ts";

const read = (file: string) => readFile(join(root, "infra/flink", file), "utf8");

/** Of the operator's kind of that name. */
interface Deployment {
  readonly flinkVersion: string;
  readonly podTemplate: PodTemplate;
  readonly job: { readonly jarURI: string; readonly entryClass: string };
}

interface Row {
  readonly [name: string]: string | Row;
}

/** The columns of a type as Flink writes it: `name` TYPE, … */
function columns(text: string): Row {
  const found: [string, string | Row][] = [];
  for (let at = 0; at < text.length; ) {
    const head = /`(\w+)` (ROW<|\w+)/g;
    head.lastIndex = at;
    const match = head.exec(text);
    if (!match) {
      break;
    }
    const [, name = "", type = ""] = match;
    if (type !== "ROW<") {
      found.push([name, type]);
      at = head.lastIndex;
      continue;
    }
    let depth = 1;
    let end = head.lastIndex;
    for (; depth > 0; end++) {
      depth += text[end] === "<" ? 1 : text[end] === ">" ? -1 : 0;
    }
    found.push([name, columns(text.slice(head.lastIndex, end - 1))]);
    at = end;
  }
  return Object.fromEntries(found);
}

/** What a JSON value's columns are: numbers of 64 bits are texts in it. */
function columnsOf(value: unknown): string | Row {
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, columnsOf(one)]));
  }
  return { string: "STRING", number: "INT", boolean: "BOOLEAN" }[typeof value as string] ?? "?";
}

describe("the files of Flink's job", () => {
  it("publish what the service publishes, column for column, under the same type", async () => {
    const sql = await read("windows.sql");
    const [, table = ""] =
      /CREATE TEMPORARY TABLE results \(([\s\S]*?)`headers` MAP/.exec(sql) ?? [];
    const { key, ...value } = columns(table);
    const event = toEvent({
      ...{ startTime: new Date(0), currency: "USD", merchantId: "m1", orders: 1, units: 2n },
      ...{ orderTotal: 3n, uniqueBuyers: 1, revenue: 3n, refunded: 0n, rejected: 0, cancelled: 0 },
      ...{ final: false, version: 1n, updateTime: new Date(0) },
    });
    assert.equal(key, "STRING");
    assert.deepEqual(value, columnsOf(JSON.parse(event.payload ?? "")));
    assert.ok(sql.includes(`'${event.type}'`));
    assert.ok(sql.includes(`:-${event.topic}}'`));
  });

  it("read fields that the events' contracts have", async () => {
    const sql = await read("windows.sql");
    for (const [table, type] of [
      ["orders", "tradepost.order.v1.OrderEvent"],
      ["payments", "tradepost.payment.v1.PaymentEvent"],
    ]) {
      const known = registry.getMessage(type ?? "")?.fields.map(({ jsonName }) => jsonName) ?? [];
      const [, text = ""] = new RegExp(`TABLE ${table} \\(([\\s\\S]*?)\`headers\``).exec(sql) ?? [];
      const asked = [...text.matchAll(/^ {2}`(\w+)`/gm)].map(([, name = ""]) => name);
      assert.ok(asked.length > 2, table);
      assert.deepEqual(
        asked.filter((name) => !known.includes(name)),
        [],
      );
    }
  });

  it("name each version of what they are built of", async () => {
    const pom = await read("pom.xml");
    const versions = [...pom.matchAll(/<(\S*version)>([^<]*)<\/\1>/g)].map(([, , one = ""]) => one);
    assert.ok(versions.length > 12);
    assert.deepEqual(
      versions.filter((one) => !/^(\d[\w.-]*|\$\{flink(\.kafka)?\.version})$/.test(one)),
      [],
    );
    const flink = /<flink.version>(.*)</.exec(pom)?.[1];
    assert.ok((await read("Dockerfile")).includes(`FROM flink:${flink}-java17`));
  });

  it("are submitted with no setting in a command's words", async () => {
    const env = {
      ...{ PATH: process.env.PATH, CLUSTER: "tradepost-flink", REGION: "europe-west3" },
      ...{ BUCKET: "gs://b", SETTINGS: "windows.properties", FLINK_VERSION: "2.1.0" },
      FLINK_KAFKA_VERSION: "4.0.1-2.0",
    };
    const script = join(root, "infra/flink/submit.sh");
    const ran = (environment: NodeJS.ProcessEnv) =>
      new Promise<[number, string]>((resolve) => {
        execFile(script, ["--dry-run"], { env: environment }, (error, out, err) =>
          resolve([Number(error?.code ?? 0), out + err]),
        );
      });
    const [code, said] = await ran(env);
    assert.equal(code, 0, said);
    assert.deepEqual(
      said
        .trim()
        .split("\n")
        .map((line) => line.split(" ").slice(0, 3).join(" ")),
      ["mvn -B -q", "gcloud storage cp", "gcloud storage cp", "gcloud dataproc jobs"],
    );
    const { REGION: _, ...without } = env;
    assert.deepEqual(await ran(without), [2, "REGION is not set: as in terraform.tfvars\n"]);
  });
});

describe("the component of Flink", function () {
  this.timeout(180_000);
  let all: readonly Manifest[];
  before(async () => {
    all = await objects({ ...production, components: ["flink"] });
  });

  it("has the service leave the windows to the job, and Kafka let it in", () => {
    const analytics = of<{ template: PodTemplate }>(all, "Deployment").get("analytics");
    const [program] = analytics?.spec.template.spec.containers ?? [];
    assert.equal(program?.env?.find(({ name }) => name === "WINDOWS_BY")?.value, "flink");
    const listener = JSON.stringify(of(all, "Kafka").get("tradepost")?.spec);
    const policy = of<Policy>(all, "NetworkPolicy").get("windows")?.spec.podSelector;
    assert.deepEqual(policy, { matchLabels: { app: "windows" } });
    assert.ok(listener.includes(JSON.stringify({ podSelector: policy })));
  });

  it("runs the class of the jar, within the restricted profile, of Flink's version", async () => {
    const { spec } = of<Deployment>(all, "FlinkDeployment").get("windows") as Manifest<Deployment>;
    const { flinkVersion, podTemplate, job } = spec;
    const pom = await read("pom.xml");
    const [, major, minor] = /<flink.version>(\d+)\.(\d+)\./.exec(pom) ?? [];
    assert.equal(flinkVersion, `v${major}_${minor}`);
    assert.ok(pom.includes(`<mainClass>${job.entryClass}</mainClass>`));
    const jar = job.jarURI.split("/").at(-1)?.replace(".jar", "");
    assert.ok(pom.includes(`<finalName>${jar}</finalName>`));
    const { securityContext, containers } = podTemplate.spec;
    assert.deepEqual(
      [securityContext?.runAsNonRoot, securityContext?.seccompProfile?.type],
      [true, "RuntimeDefault"],
    );
    const own = containers[0]?.securityContext;
    assert.deepEqual([own?.allowPrivilegeEscalation, own?.capabilities?.drop], [false, ["ALL"]]);
  });
});
