import { isMap, isSeq, parseDocument } from "yaml";

/** The kustomization with its one image at `digest` of `name`; comments and all else stay. */
export function withImage(kustomization: string, name: string, digest: string): string {
  if (!/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/.test(name)) {
    throw new Error(`${name || "nothing"} is no image's name, such as ghcr.io/owner/tradepost`);
  }
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`${digest || "nothing"} is no digest: sha256: and 64 hexadecimal digits`);
  }
  const document = parseDocument(kustomization);
  const images = document.get("images");
  const image = isSeq(images) && images.items.length === 1 ? images.items[0] : undefined;
  if (!isMap(image)) {
    throw new Error("the overlay must name one image, and only one");
  }
  image.delete("newTag");
  image.set("newName", name);
  image.set("digest", digest);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
