import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Address } from "#gen/tradepost/user/v1/address.ts";
import type { Fault } from "#kit/errors.ts";
import type { As } from "#kit/testing.ts";
import { type StartedUsers, startUsers } from "./testing.ts";

const home = { street: "123 Main St", city: "SF", state: "CA", zip: "94105", country: "USA" };
const work = {
  street: "Unter den Linden 1",
  city: "Berlin",
  state: "",
  zip: "10117",
  country: "DE",
};

describe("the addresses of a person", () => {
  let service: StartedUsers;
  before(async () => {
    service = await startUsers();
  });
  after(() => service.stop());

  async function add(as: As, fields: object = home): Promise<Address> {
    const { address } = await service.addresses.createAddress(fields, as);
    assert.ok(address);
    return address;
  }
  const list = async (as: As) => (await service.addresses.listAddresses({}, as)).addresses;
  const defaults = async (as: As) =>
    (await list(as)).filter(({ isDefault }) => isDefault).map(({ id }) => id);
  async function update(as: As, id: string, address: object, more: object = {}): Promise<Address> {
    const answer = await service.addresses.updateAddress({ id, address, ...more }, as);
    assert.ok(answer.address);
    return answer.address;
  }

  it("are kept as they were written, and the first one becomes the default", async () => {
    const { as } = await service.person();
    assert.deepEqual(await list(as), []);
    const first = await add(as);
    const { id, createTime, updateTime, ...shown } = first;
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(updateTime, createTime);
    assert.deepEqual(shown, { ...home, isDefault: true, etag: "1-default" });
    const second = await add(as, work);
    assert.deepEqual([second.isDefault, second.etag], [false, "1"]);
    assert.deepEqual(await list(as), [second, first]);
  });

  it("have one default, which another one becomes when it is written or changed so", async () => {
    const { as } = await service.person();
    const first = await add(as);
    const second = await add(as, { ...work, isDefault: true });
    assert.deepEqual(await defaults(as), [second.id]);
    const changed = await update(as, first.id, { isDefault: true });
    assert.deepEqual([changed.isDefault, changed.etag], [true, "2-default"]);
    assert.deepEqual(await defaults(as), [first.id]);
    const refused = update(as, first.id, { isDefault: false }, { updateMask: ["is_default"] });
    const fault = await refused.catch((error) => error);
    assert.equal(fault.violations?.[0]?.field, "address.isDefault");
    await service.addresses.deleteAddress({ id: first.id }, as);
    assert.deepEqual(await defaults(as), []);
    const third = await add(as);
    assert.deepEqual(await defaults(as), [third.id]);
  });

  it("have one default however many are written at once", async () => {
    const { as } = await service.person();
    await Promise.all(Array.from({ length: 8 }, () => add(as, { ...home, isDefault: true })));
    assert.equal((await defaults(as)).length, 1);
    const all = await list(as);
    await Promise.all(all.map(({ id }) => update(as, id, { isDefault: true })));
    assert.equal((await defaults(as)).length, 1);
  });

  it("change by their mask, and only once for the same values", async () => {
    const { as } = await service.person();
    const before = await add(as);
    const changes = { city: "Oakland", zip: "", state: "unseen" };
    const mask = { updateMask: ["city", "zip"] };
    const changed = await update(as, before.id, changes, mask);
    const { updateTime } = changed;
    assert.deepEqual(changed, {
      ...before,
      city: "Oakland",
      zip: "",
      updateTime,
      etag: "2-default",
    });
    assert.deepEqual(await update(as, before.id, changes, mask), changed);
    assert.deepEqual(await list(as), [changed]);
    const unmasked = await update(as, before.id, { street: "1 Other St" });
    assert.deepEqual([unmasked.street, unmasked.city], ["1 Other St", "Oakland"]);
  });

  it("change and go only as they were read, if that is asked for", async () => {
    const { as } = await service.person();
    const first = await add(as);
    const { id, etag } = first;
    await add(as, { ...work, isDefault: true });
    await assert.rejects(update(as, id, { city: "Oakland" }, { etag }), { reason: "STALE_ETAG" });
    await assert.rejects(service.addresses.deleteAddress({ id, etag }, as), {
      reason: "STALE_ETAG",
    });
    const both = await Promise.allSettled([
      update(as, id, { city: "Oakland" }, { etag: "1" }),
      update(as, id, { city: "Berkeley" }, { etag: "1" }),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    await service.addresses.deleteAddress({ id, etag: "2" }, as);
    await assert.rejects(service.addresses.deleteAddress({ id }, as), {
      reason: "ADDRESS_NOT_FOUND",
    });
  });

  it("name the field that is wrong", async () => {
    const { as } = await service.person();
    const { id } = await add(as);
    const cases: [ask: () => Promise<unknown>, field: string][] = [
      [() => add(as, { ...home, street: " " }), "street"],
      [() => add(as, { ...home, city: "S\nF" }), "city"],
      [() => add(as, { ...home, country: "U" }), "country"],
      [() => update(as, id, {}, { updateMask: ["street"] }), "address.street"],
      [() => update(as, id, { zip: "\u0007" }), "address.zip"],
      [() => update(as, id, { city: "Oakland" }, { updateMask: ["version"] }), "updateMask"],
      [() => service.addresses.updateAddress({ id }, as), "address"],
    ];
    for (const [ask, field] of cases) {
      const fault = await ask().then(
        () => assert.fail(field),
        (error: Fault) => error,
      );
      assert.deepEqual([fault.reason, fault.violations?.[0]?.field], ["INVALID_FIELD", field]);
    }
  });

  it("are fifty at most, also when many are written at once", async () => {
    const { as } = await service.person();
    const outcomes = await Promise.allSettled(Array.from({ length: 53 }, () => add(as)));
    const refused = outcomes.filter((one) => one.status === "rejected");
    assert.deepEqual(
      refused.map((one) => one.reason.reason),
      ["LIMIT_REACHED", "LIMIT_REACHED", "LIMIT_REACHED"],
    );
  });

  it("come page by page", async () => {
    const { as } = await service.person();
    for (const fields of [home, work, home]) {
      await add(as, fields);
    }
    const all = await list(as);
    const first = await service.addresses.listAddresses({ pageSize: 2 }, as);
    const { nextPageToken: pageToken = "" } = first;
    const rest = await service.addresses.listAddresses({ pageSize: 2, pageToken }, as);
    assert.deepEqual([...first.addresses, ...rest.addresses], all);
    const { as: stranger } = await service.person();
    await assert.rejects(service.addresses.listAddresses({ pageToken }, stranger), {
      reason: "INVALID_PAGE_TOKEN",
    });
  });

  it("are kept once for one idempotency key", async () => {
    const { as } = await service.person();
    const once = { ...as, idempotencyKey: "address-once" };
    assert.deepEqual(await add(once), await add(once));
    assert.equal((await list(as)).length, 1);
  });

  it("are nobody else's", async () => {
    const { as } = await service.person();
    const mine = await add(as);
    const { id } = mine;
    const { as: stranger } = await service.person();
    await add(stranger);
    assert.equal((await list(stranger)).length, 1);
    await assert.rejects(update(stranger, id, { city: "Elsewhere" }), {
      reason: "ADDRESS_NOT_FOUND",
    });
    await assert.rejects(service.addresses.deleteAddress({ id }, stranger), {
      reason: "ADDRESS_NOT_FOUND",
    });
    assert.deepEqual(await list(as), [mine]);
  });
});
