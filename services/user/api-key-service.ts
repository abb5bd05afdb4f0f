import type {
  ApiKey as ApiKeyMessage,
  ApiKeyServiceImplementation,
} from "#gen/tradepost/user/v1/api_key.ts";
import type { CallExtras } from "#kit/call.ts";
import { type Db, inTransaction } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { forgetTimeOf, type Issuer, issueToken } from "./access-tokens.ts";
import { type ApiKey, addKey, deleteKey, listKeys, useKey } from "./api-key-store.ts";
import { etagOfTime, timeOfEtag } from "./etags.ts";
import type { RevocationFeed } from "./revocation-feed.ts";
import { checkScopes } from "./scopes.ts";
import { hashOf, newSecret } from "./secrets.ts";
import { lockPerson } from "./store.ts";
import { checkName } from "./user.ts";

export interface ApiKeyDeps {
  readonly db: Db;
  readonly issuer: Issuer;
  readonly feed: Pick<RevocationFeed, "add">;
}

/** Of the tokens that keys are exchanged for. */
const tokenSeconds = 300;
/** So that it is known for what it is where it should not be: in a log, in a repository. */
const mark = "tpk_";

/** The rpcs of ApiKeyService, in the order of the .proto. */
export function apiKeyService({
  db,
  issuer: peoples,
  feed,
}: ApiKeyDeps): ApiKeyServiceImplementation<CallExtras> {
  const issuer = { ...peoples, seconds: tokenSeconds };

  return {
    async listApiKeys({ pageSize, pageToken }, { call }) {
      const { userId } = call.caller;
      const filter = ["api-keys", userId];
      const size = pageSizeOf(pageSize);
      const key = readPageToken(pageToken, filter, [timePart, textPart]);
      const after = key && { createTime: key[0], id: key[1] };
      const found = await listKeys(db, userId, { after, limit: size + 1 });
      const { rows, nextPageToken } = pageOf(found, size, filter, (one) => [
        one.createTime.toISOString(),
        one.id,
      ]);
      return { apiKeys: rows.map((row) => toMessage(row)), nextPageToken };
    },

    async createApiKey({ name, scopes }, { call }) {
      const { userId } = call.caller;
      checkName("name", name);
      checkScopes(scopes);
      const key = `${mark}${newSecret().token}`;
      const made = { id: uuidv7(), name, scopes, createTime: new Date(), lastUseTime: null };
      await inTransaction(db, async (tx) => {
        await lockPerson(tx, userId);
        await addKey(tx, userId, made, hashOf(key));
      });
      return { apiKey: toMessage(made, key) };
    },

    async deleteApiKey({ id, etag }, { call }) {
      const { userId } = call.caller;
      const expireTime = forgetTimeOf(issuer);
      const revocation = { sessionId: id, userId, issuedBefore: undefined, expireTime };
      const deletion = await deleteKey(db, revocation, timeOfEtag(etag));
      if (deletion === "unknown") {
        throw new Fault("API_KEY_NOT_FOUND", `no API key ${id}`);
      }
      if (deletion === "stale") {
        throw new Fault("STALE_ETAG", `API key ${id} was used since it was read`);
      }
      feed.add(revocation);
      return {};
    },

    async exchangeApiKey({ apiKey }) {
      const use = await useKey(db, hashOf(apiKey), new Date());
      if (!use) {
        throw new Fault("INVALID_TOKEN", "the API key is not valid");
      }
      const { keyId, scopes, user } = use;
      const accessToken = await issueToken(issuer, user, keyId, scopes);
      return { accessToken, expiresIn: tokenSeconds };
    },
  };
}

function toMessage(
  { id, name, scopes, createTime, lastUseTime }: ApiKey,
  key?: string,
): ApiKeyMessage {
  const updateTime = lastUseTime ?? createTime;
  return {
    id,
    name,
    scopes: [...scopes],
    lastUseTime: lastUseTime ?? undefined,
    createTime,
    updateTime,
    etag: etagOfTime(updateTime),
    key,
  };
}
