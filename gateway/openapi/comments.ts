/** What the contracts' comments say, where the descriptor set has kept them. */
import type {
  DescEnum,
  DescEnumValue,
  DescField,
  DescFile,
  DescMessage,
  DescMethod,
  DescService,
} from "@bufbuild/protobuf";

export type Described =
  | DescMessage
  | DescField
  | DescEnum
  | DescEnumValue
  | DescService
  | DescMethod;

/** Field numbers of descriptor.proto, of which a location's path is made. */
const inFile = { message: 4, enum: 5, service: 6 } as const;
const inMessage = { field: 2, message: 3, enum: 4 } as const;
const inEnum = { value: 2 } as const;
const inService = { method: 2 } as const;

const byFile = new WeakMap<DescFile, ReadonlyMap<string, string>>();

/** The comment before the declaration, as one text; "" for none. */
export function commentOf(desc: Described): string {
  const { file } =
    desc.kind === "field" || desc.kind === "rpc" || desc.kind === "enum_value" ? desc.parent : desc;
  let comments = byFile.get(file);
  if (!comments) {
    comments = commentsOf(file);
    byFile.set(file, comments);
  }
  return comments.get(pathOf(desc).join()) ?? "";
}

function commentsOf(file: DescFile): ReadonlyMap<string, string> {
  const locations = file.proto.sourceCodeInfo?.location ?? [];
  return new Map(
    locations.map(({ path, leadingComments }) => [path.join(), tidy(leadingComments ?? "")]),
  );
}

/** The space after each `//` is not the writer's. */
function tidy(comment: string): string {
  return comment.replace(/^ /gm, "").trim();
}

function pathOf(desc: Described): number[] {
  switch (desc.kind) {
    case "message": {
      const { parent, proto, file } = desc;
      return parent
        ? [...pathOf(parent), inMessage.message, parent.proto.nestedType.indexOf(proto)]
        : [inFile.message, file.proto.messageType.indexOf(proto)];
    }
    case "enum": {
      const { parent, proto, file } = desc;
      return parent
        ? [...pathOf(parent), inMessage.enum, parent.proto.enumType.indexOf(proto)]
        : [inFile.enum, file.proto.enumType.indexOf(proto)];
    }
    case "service":
      return [inFile.service, desc.file.proto.service.indexOf(desc.proto)];
    case "field":
      return [...pathOf(desc.parent), inMessage.field, desc.parent.proto.field.indexOf(desc.proto)];
    case "enum_value":
      return [...pathOf(desc.parent), inEnum.value, desc.parent.proto.value.indexOf(desc.proto)];
    case "rpc":
      return [
        ...pathOf(desc.parent),
        inService.method,
        desc.parent.proto.method.indexOf(desc.proto),
      ];
  }
}
