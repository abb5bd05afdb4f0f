/** All invariants of a run that has come to rest. */

import { join } from "node:path";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { judgeLiving, type Verdict } from "../../infra/verify/check.ts";
import { ask, type Evidence, gather } from "../../infra/verify/evidence.ts";
import type { Counterexample } from "../../infra/verify/invariant.ts";
import { effectsOfWishes, lostAcks, phantoms } from "./acknowledged.ts";
import type { Entry } from "./history.ts";
import { badLines, type Ends } from "./processes.ts";
import type { Quiet } from "./quiet.ts";
import { REPLAY, replayAll } from "./replaying.ts";
import type { Watching } from "./watching.ts";

export interface Facts {
  readonly mesh: Mesh;
  readonly entries: readonly Entry[];
  readonly watched: Watching;
  readonly quiet: Quiet;
  readonly ends: Ends;
  /** What could not even be asked. */
  readonly trouble: readonly string[];
}

const RESTOCKS = "select count(*)::int as n from stock_movements where reason = 'delivery'";
const REFUNDS = "select count(*)::int as n from refunds where reason = 'a scratch'";

export async function judgeRun(facts: Facts): Promise<Verdict[]> {
  const { mesh, entries, watched, quiet, ends, trouble } = facts;
  const { databaseUrls, kafka, stripe } = mesh;
  const places = {
    databaseUrls,
    brokers: kafka.brokers,
    provider: stripe.url,
    sandbox: join(mesh.dir, "sandbox"),
  };
  const evidence = await gather(places);
  const counts = {
    restock: await count(databaseUrls.product, RESTOCKS),
    refund: await count(databaseUrls.payment, REFUNDS),
  };
  // Analytics closes a window each minute, also when all is quiet: two looks.
  const atRest = await judgeLiving(places);
  const own = [
    verdict("I1", "no lost acknowledgement", I1, [
      ...lostAcks(entries, evidence),
      ...effectsOfWishes(entries, "restock", counts.restock),
      ...effectsOfWishes(entries, "refund", counts.refund),
    ]),
    verdict("I2", "no phantom", I2, [...phantoms(entries, evidence)]),
    verdict("I11", "quiet soon after the last fault", I11, stillOpen(quiet, trouble, evidence)),
    verdict("M", "no history that the model does not know", REPLAY, [
      ...(await replayAll(mesh, quiet.ms !== undefined)),
    ]),
    verdict("I13", "nothing unhandled", I13, [
      ...ends.unexpected(mesh),
      ...(await badLines(mesh.dir)),
    ]),
    verdict("now", "held in each snapshot of the run", NOW, watched.found),
  ];
  return [...own, ...atRest].sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
}

const I1 = `-- the clients' history, ${"orders"}
each order that a client was told of exists, with the lines asked for and the total told; a key is
answered the same however often; no client's view of an order goes back; each acknowledged restock
and refund is there once (${RESTOCKS}; ${REFUNDS})`;
const I2 = `-- the clients' history, orders
each order has a key that a client sent; that of a refused key is REJECTED`;
const I11 = `-- all services, 30 s after the last fault and the last answer
no saga, no reservation held, no payment or refund under way, no outbox row that waits, no lag`;
const I13 = `-- the launcher's count of ends, the services' logs
no process ended but by a fault; no unhandled rejection, no TypeError, no fatal line`;
const NOW = `-- product each 250 ms, the provider each 2 s
stock_mismatches is empty; no order is charged twice; no refund is above its charge`;

function verdict(
  id: string,
  name: string,
  query: string,
  found: readonly Counterexample[],
): Verdict {
  return { id, name, query, count: found.length, counterexamples: found.slice(0, 20) };
}

function stillOpen(
  { ms, open }: Quiet,
  trouble: readonly string[],
  { sagas }: Evidence,
): Counterexample[] {
  const slow =
    ms === undefined ? [{ what: "not quiet in time", open, sagas: sagas.slice(0, 5) }] : [];
  return [...slow, ...trouble.map((what) => ({ what }))];
}

async function count(url: string, sql: string): Promise<number> {
  const [[row] = []] = await ask(url, [sql]);
  return (row as { n: number }).n;
}
