import type { Db } from "#kit/db.ts";
import type { Charging, Origin } from "./charging.ts";
import type { Disputes } from "./dispute-settling.ts";
import type { Paying } from "./payout-paying.ts";
import type { Provider } from "./provider.ts";
import type { Refunding } from "./refunding.ts";

/** What one look at everything has at hand. */
export interface Look {
  readonly db: Db;
  readonly provider: Provider;
  readonly charging: Charging;
  readonly refunding: Refunding;
  readonly disputes: Disputes;
  readonly paying: Paying;
  readonly origin: Origin;
  readonly since: Date;
  /** What is younger may still be under way. */
  readonly until: Date;
}
