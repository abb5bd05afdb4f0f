/** What buf's plugins of ours share: a CodeGeneratorRequest comes in, files go out. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponse_Feature,
  CodeGeneratorResponseSchema,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";

/** Every contract, from standard input. */
export async function readContracts(): Promise<FileDescriptorProto[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
  }
  return fromBinary(CodeGeneratorRequestSchema, Buffer.concat(chunks)).protoFile;
}

interface GeneratedFile {
  readonly name: string;
  readonly content: string;
}

/** To standard output. */
export function writeFiles(...file: GeneratedFile[]): void {
  const response = create(CodeGeneratorResponseSchema, {
    supportedFeatures: BigInt(CodeGeneratorResponse_Feature.PROTO3_OPTIONAL),
    file,
  });
  process.stdout.write(toBinary(CodeGeneratorResponseSchema, response));
}
