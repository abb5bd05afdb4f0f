import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { after, before, describe, it } from "mocha";
import { contractOf } from "./contract/contract.ts";
import { type Answers, type Backend, refusal, startBackend } from "./testing/backend.ts";
import { compile } from "./testing/contract.ts";
import { ask, type Bench, startBench } from "./testing/harness.ts";

const options = `
import "google/api/annotations.proto";
import "tradepost/http/v1/http.proto";
import "tradepost/policy/v1/policy.proto";
import "tradepost/errors/v1/errors.proto";`;

/** A service of its own, so that its package has an address. */
const own = (name: string) => `syntax = "proto3";
package testing.${name}.v1;
${options}
service OwnService {
  rpc Get${name}(GetRequest) returns (GetResponse) {
    option (google.api.http) = {get: "/v1/${name}"};
    option (tradepost.policy.v1.access) = {public: true};
  }
}
message GetRequest {}
message GetResponse {}`;

const spots = `syntax = "proto3";
package testing.spots.v1;
${options}
service SpotService {
  rpc ListSpots(ListSpotsRequest) returns (ListSpotsResponse) {
    option (google.api.http) = {get: "/v1/spots"};
    option (tradepost.http.v1.served_by) = "place";
    option (tradepost.policy.v1.access) = {public: true};
  }
  rpc CountSpots(CountSpotsRequest) returns (CountSpotsResponse) {
    option (google.api.http) = {get: "/v1/spots:count"};
    option (tradepost.http.v1.served_by) = "place";
    option (tradepost.policy.v1.access) = {public: true};
  }
  rpc CleanSpot(CleanSpotRequest) returns (CleanSpotResponse) {
    option (google.api.http) = {post: "/v1/spots/{id}:clean" body: "*"};
    option (tradepost.http.v1.served_by) = "id";
    option (tradepost.policy.v1.access) = {public: true};
  }
}
message Spot { string id = 1; }
message ListSpotsRequest {
  string place = 1;
  optional int32 page_size = 2;
  string page_token = 3;
}
message ListSpotsResponse {
  repeated Spot spots = 1;
  optional string next_page_token = 2;
}
message CountSpotsRequest { string place = 1; }
message CountSpotsResponse { repeated string counts = 1; }
message CleanSpotRequest { string id = 1; }
message CleanSpotResponse { string by = 1; }`;

/** Lists what it has by the number of the last one it told of. */
function spotted(name: string, count: number): Answers {
  return {
    ListSpots({ pageSize = 20, pageToken = "" }) {
      if (!/^\d*$/.test(pageToken)) {
        throw refusal(status.INVALID_ARGUMENT, "no token of mine");
      }
      const from = Number(pageToken);
      const to = Math.min(from + pageSize, count);
      const spots = Array.from({ length: to - from }, (_, n) => ({ id: `${name}_${from + n}` }));
      return { spots, ...(to < count && { nextPageToken: String(to) }) };
    },
    CountSpots: () => ({ counts: [`${name} ${count}`] }),
    CleanSpot: () => ({ by: name }),
  };
}

describe("an rpc that every service serves", function () {
  this.timeout(20_000);
  const counts = { chair: 3, desk: 0, lamp: 4 };
  const names = Object.keys(counts) as (keyof typeof counts)[];
  const backends = new Map<string, Backend>();
  let bench: Bench;
  before(async () => {
    const descriptors = compile(spots, ...names.toReversed().map(own));
    for (const name of names) {
      const backend = await startBackend(contractOf(descriptors), spotted(name, counts[name]));
      backends.set(`testing.${name}.v1`, backend);
    }
    const addressOf = (name: string) => backends.get(name)?.address ?? "127.0.0.1:1";
    bench = await startBench({}, { descriptors, addressOf });
  });
  after(async () => {
    await bench.stop();
    for (const backend of backends.values()) {
      backend.stop();
    }
  });

  it("goes to the one that the request names, by its name or by an id that begins with it", async () => {
    const list = await ask(bench, "GET /v1/spots?place=lamp&pageSize=2");
    assert.deepEqual(list.json, {
      spots: [{ id: "lamp_0" }, { id: "lamp_1" }],
      nextPageToken: "2",
    });
    for (const name of names) {
      const { json } = await ask(bench, `POST /v1/spots/${name}_17:clean`);
      assert.deepEqual(json, { by: name });
    }
    const unknown = await ask(bench, "POST /v1/spots/sofa_17:clean");
    assert.deepEqual([unknown.status, unknown.json], [200, { by: "chair" }]);
  });

  it("goes to all where it names none, and the answers are one", async () => {
    const { json } = await ask(bench, "GET /v1/spots:count");
    assert.deepEqual(json, { counts: ["chair 3", "desk 0", "lamp 4"] });
  });

  it("lists one service after another, in pages of any size", async () => {
    const all = [...Array(3).keys()]
      .map((n) => `chair_${n}`)
      .concat([...Array(4).keys()].map((n) => `lamp_${n}`));
    for (let size = 1; size <= 8; size++) {
      const seen: string[] = [];
      let token: string | undefined = "";
      while (token !== undefined) {
        const query = `pageSize=${size}&pageToken=${encodeURIComponent(token)}`;
        const { json } = await ask(bench, `GET /v1/spots?${query}`);
        assert.ok(json.spots.length <= size);
        seen.push(...json.spots.map(({ id }: { id: string }) => id));
        token = json.nextPageToken;
      }
      assert.deepEqual(seen, all, `pages of ${size}`);
    }
    const forged = await ask(bench, "GET /v1/spots?pageToken=sofa.2");
    assert.equal(forged.status, 400);
  });

  it("is not half answered while one of them is away", async () => {
    backends.get("testing.lamp.v1")?.stop();
    const { status: code, json } = await ask(bench, "GET /v1/spots:count");
    assert.deepEqual([code, json.reason], [503, "DEPENDENCY_DOWN"]);
    const other = await ask(bench, "GET /v1/spots?place=chair");
    assert.equal(other.json.spots.length, 3);
  });
});
