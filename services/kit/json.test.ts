import assert from "node:assert/strict";
import { type DescMessage, fromJsonString, type JsonValue, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, it } from "mocha";
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { ProductEvent } from "#gen/tradepost/product/v1/events.ts";
import { UserEvent } from "#gen/tradepost/user/v1/events.ts";
import { anyMessage } from "../../gateway/testing/any-message.ts";
import { registry } from "./descriptors.ts";
import { type Codec, jsonCodec } from "./json.ts";
import { plainReader } from "./json-reader.ts";

const TYPES: readonly Codec<unknown>[] = [OrderEvent, PaymentEvent, ProductEvent, UserEvent];

function descOf({ $type }: Codec<unknown>): DescMessage {
  const desc = registry.getMessage($type);
  assert.ok(desc);
  return desc;
}

/** By protobuf-es and bytes, which is right and slow; or that it refuses. */
function slowly(type: Codec<unknown>, text: string): unknown {
  try {
    const options = { ignoreUnknownFields: true, registry };
    const message = fromJsonString(descOf(type), text, options);
    return type.decode(toBinary(descOf(type), message));
  } catch {
    return "refused";
  }
}

describe("an event's JSON", () => {
  for (const type of TYPES) {
    it(`is read fast as it is read slowly: ${type.$type}`, () => {
      const read = plainReader(descOf(type));
      let plain = 0;
      const sames = (text: string) => {
        const found = read(text);
        if (found !== undefined) {
          plain += 1;
          assert.deepEqual(found, slowly(type, text), text);
        }
      };
      const odd = fc.constantFrom<JsonValue>(
        null,
        "",
        "x",
        "-0",
        "07",
        -0,
        1.5,
        2 ** 31,
        [],
        {},
        true,
      );
      fc.assert(
        fc.property(anyMessage(descOf(type)), odd, fc.nat(), (json, wrong, at) => {
          const text = JSON.stringify(json);
          sames(text);
          const tame = tamed(text);
          sames(tame);
          sames(damaged(tame, wrong, at));
          const known = slowly(type, text);
          if (known !== "refused") {
            sames(jsonCodec(type).encode(known));
          }
        }),
        { numRuns: 200 },
      );
      assert.ok(type === UserEvent || plain > 50, `${plain} were read fast`);
    });
  }

  it("is left to the slow reader where it is not what our services write", () => {
    const read = plainReader(descOf(OrderEvent));
    assert.ok(read('{"orderId":"o1","sequence":"7","status":"CONFIRMED","placed":{}}'));
    for (const text of [
      '{"order_id":"o1"}',
      '{"orderId":null}',
      '{"unknown":1}',
      '{"sequence":7}',
      '{"sequence":"9223372036854775808"}',
      '{"items":[{"quantity":1.5}]}',
      '{"items":[{"quantity":2147483648}]}',
      '{"status":2}',
      '{"placed":{},"confirmed":{}}',
      '{"orderId":"\\ud800"}',
      '{"__proto__":{}}',
      '{"items":{}}',
      "[]",
      "{",
    ]) {
      assert.equal(read(text), undefined, text);
    }
  });
});

/** With nothing in its texts but plain letters. */
function tamed(text: string): string {
  return JSON.stringify(
    JSON.parse(text, (_key, value) =>
      typeof value === "string" ? value.replaceAll(/[^ -~]|\\/g, "") : value,
    ),
  );
}

/** With one of its values replaced. */
function damaged(text: string, wrong: JsonValue, at: number): string {
  let count = 0;
  const values = (text.match(/[:,[]/g) ?? []).length + 1;
  return JSON.stringify(
    JSON.parse(text, (_key, value) => (count++ === at % values ? wrong : value)),
  );
}
