/** From contracts, the code that makes JSON of their messages' bytes: a function for each message. */
import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import { fieldCode } from "./generate-field.ts";
import { enumName, identifier, isOfItsOwn } from "./generate-value.ts";

/** @param folder where the module, which exports `writers` by type name, finds this folder */
export function generateWriters(messages: readonly DescMessage[], folder: string): string {
  const found = [...reachable(messages)];
  const enums = new Set(found.flatMap(({ fields }) => fields.flatMap((field) => field.enum ?? [])));
  return `/** From protobuf's bytes to JSON's: every message that a route answers, and what it holds. */
import type { EnumNames, JsonWriter, Sink } from "${folder}/sink.ts";
import type { Source } from "${folder}/source.ts";

const json = (text: string): Uint8Array => new TextEncoder().encode(text);

${[...enums].map(namesCode).join("\n")}
${found.map(writerCode).join("\n")}
export const writers: Readonly<Record<string, JsonWriter>> = {
${found.map((desc) => `  "${desc.typeName}": ${identifier(desc)},\n`).join("")}};
`;
}

function reachable(messages: readonly DescMessage[]): Set<DescMessage> {
  const found = new Set(messages.filter((desc) => !isOfItsOwn(desc)));
  // What is added to a set while it is walked is walked too.
  for (const { fields } of found) {
    for (const { message } of fields) {
      if (message && !isOfItsOwn(message)) {
        found.add(message);
      }
    }
  }
  return found;
}

function namesCode(desc: DescEnum): string {
  const names = desc.values.map(
    ({ number }) => `  [${number}, json(${JSON.stringify(enumName(desc, number))})],\n`,
  );
  return `const ${identifier(desc)}: EnumNames = new Map([
${names.join("")}]);
`;
}

function writerCode(desc: DescMessage): string {
  const name = identifier(desc);
  const fields = desc.fields
    .toSorted((a, b) => a.number - b.number)
    .map((field) => fieldCode(field, `${name}_${field.number}`));
  const oneofs = desc.oneofs.map(({ localName }) => `  let has_${localName} = false;\n`);
  return `${fields.map(({ constants }) => constants).join("")}
function ${name}(from: Source, to: Sink, end: number): void {
  const start = to.open(${fields.reduce((sum, { room }) => sum + room, 2)}, end - from.at, from);
  let tag = from.tag(end);
${oneofs.join("")}${fields.map(({ code }) => code).join("")}  from.finish(tag, end);
  to.close(start);
}
`;
}
