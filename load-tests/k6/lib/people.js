// Who buys: accounts are opened before a run, so that its figures are not those of hashing passwords.
import exec from "k6/execution";
import http from "k6/http";
import { expect } from "./expect.js";
import { isPassing } from "./rest.js";
import { isShort, urls } from "./settings.js";

const password = "a load test's password";
/** No more passwords than the user service lets wait. */
const batch = 10;
/** The share of its life after which an access token is exchanged. */
const renewAt = 0.8;

/** For `setup()`: one person, signed in, for each client that this run may have. */
export function registerPeople() {
  const run = `${Date.now().toString(36)}-${Math.floor(Math.random() * 46_656).toString(36)}`;
  const emails = Array.from({ length: clients() }, (_, n) => `load-${run}-${n}@example.com`);
  const people = [];
  for (let at = 0; at < emails.length; at += batch) {
    const these = emails.slice(at, at + batch);
    post(
      "register",
      these.map((email) => ({ email, password, fullName: "Load Test" })),
      201,
    );
    const answers = post(
      "login",
      these.map((email) => ({ email, password })),
      200,
    );
    people.push(...answers.map(sessionOf));
  }
  return people;
}

/** How many clients the options ask for, wherever they were given. */
function clients() {
  const all = Object.values(exec.test.options.scenarios);
  return all.reduce((sum, one) => sum + mostOf(one), 0);
}

function mostOf({ vus, startVUs = 0, stages = [], maxVUs }) {
  return maxVUs || vus || stages.reduce((most, { target }) => Math.max(most, target), startVUs);
}

function post(what, bodies, wanted) {
  const headers = { "content-type": "application/json" };
  const params = { headers, tags: { part: "setup", name: what } };
  const url = `${urls[0]}/api/v1/auth/${what}`;
  const answers = http.batch(bodies.map((body) => ["POST", url, JSON.stringify(body), params]));
  const wrong = answers.find(({ status }) => status !== wanted);
  if (wrong) {
    const why = wrong.status === 0 ? wrong.error : `${wrong.status} ${wrong.body}`;
    throw new Error(`${what} at ${urls[0]}: ${why}`);
  }
  return answers.map((answer) => answer.json());
}

function sessionOf({ accessToken, refreshToken, expiresIn, user: { id, email } }) {
  const lifeMs = isShort ? 1_000 : expiresIn * 1_000 * renewAt;
  return { userId: id, email, accessToken, refreshToken, renewTime: Date.now() + lifeMs };
}

/** This client's own; a refresh token works once, so nobody else may have it. */
let mine;

/** Who this client is, with a token that is good for a while. */
export function me(people, client) {
  mine = mine || people[exec.vu.idInTest - 1];
  if (mine === undefined) {
    throw new Error(`client ${exec.vu.idInTest} has no person: there are ${people.length}`);
  }
  if (Date.now() > mine.renewTime) {
    const { status, body } = renewed(client);
    const isRight = expect(
      "refresh",
      {
        status: [status, 200],
        "same person": [body.user?.id, mine.userId],
        "new token": [body.accessToken !== mine.accessToken, true],
      },
      client.tags,
    );
    if (!isRight) {
      throw new Error("a session could not be renewed");
    }
    mine = sessionOf(body);
  }
  return mine;
}

/** Whoever does not hear what came of a refresh must not ask again, but sign in. */
function renewed(client) {
  const { email, refreshToken } = mine;
  const body = { refreshToken };
  const answer = client.post("refresh", "/api/v1/auth/refresh", { body, once: true });
  return client.isPatient && isPassing(answer)
    ? client.post("login", "/api/v1/auth/login", { body: { email, password } })
    : answer;
}
