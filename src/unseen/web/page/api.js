// The server's HTTP API. Every error is a Problem with words for people.

import { askForToken, token } from "./token.js";

const CLIENT = crypto.getRandomValues(new Uint32Array(4)).join("-");
const GONE = {
  status: 0,
  problem: "The server does not answer.",
  remedy: "See whether “unseen serve” still runs, then try again.",
};
const USUAL_WAIT = 5;

/** What went wrong, and what to do about it; `wait` is how many seconds to wait where the server is only busy. */
export class Problem extends Error {
  constructor({ status, problem, remedy }, wait = null) {
    super(problem);
    this.status = status;
    this.remedy = remedy ?? "";
    this.wait = wait;
  }
}

/** What the server offers: networks and ways, with their settings. */
export async function offer() {
  const [models, schemes] = await Promise.all([answer("/v1/models"), answer("/v1/schemes")]);
  return { models: (await models.json()).models, ...(await schemes.json()) };
}

/** What networks see in a file. */
export async function inspect(file, query, signal) {
  return (await answer("/v1/inspect", { file, query, signal })).json();
}

/** A file as a PNG that every browser shows. */
export async function picture(file, name, signal) {
  return (await answer("/v1/picture", { file, query: new URLSearchParams({ name }), signal })).blob();
}

/** The HTML report on results that have the same settings. */
export async function report(results, signal) {
  const body = new Blob([JSON.stringify({ results })], { type: "application/json" });
  return (await answer("/v1/report", { body, signal })).blob();
}

/** Protect a file: tells every stage, and gives the result. */
export async function protect(file, query, signal, tell) {
  const response = await answer("/v1/protect", { file, query, signal, accept: "application/x-ndjson" });
  for await (const line of lines(response.body)) {
    const told = JSON.parse(line);
    if (told.stage === "done") return told.result;
    if (told.stage === "failed") throw new Problem(told.problem, waitFor(told.problem.status, null));
    tell(told);
  }
  throw new Problem(GONE);
}

/** Ask, and ask again with another token where the server wants one. */
async function answer(path, { file, body, query, signal, accept = "application/json" } = {}) {
  const used = token();
  const headers = { Accept: accept, "X-Unseen-Client": CLIENT };
  if (used) headers.Authorization = `Bearer ${used}`;
  if (file) headers["Content-Type"] = "application/octet-stream";
  const method = file || body ? "POST" : "GET";
  const address = query ? `${path}?${query}` : path;
  const response = await sent(address, { method, headers, body: file ?? body, signal });
  if (response.ok) return response;
  if (response.status === 401 && (await askForToken(used))) return answer(path, { file, body, query, signal, accept });
  throw await problemOf(response);
}

/** A response, or the problem that there is none. */
async function sent(address, options) {
  try {
    return await fetch(address, { ...options, cache: "no-store", credentials: "omit", redirect: "error" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw await whyNotSent(options.body);
  }
}

/** A file that was moved or changed since it was chosen looks like a server that is gone; a look into it tells. */
async function whyNotSent(body) {
  try {
    if (body) await body.slice(0, 1).arrayBuffer();
    return new Problem(GONE);
  } catch {
    const problem = "The file cannot be read any more.";
    return new Problem({ status: 0, problem, remedy: "It was moved or changed since you chose it; choose it again." });
  }
}

async function problemOf(response) {
  const given = Number.parseFloat(response.headers.get("Retry-After"));
  const wait = waitFor(response.status, given);
  try {
    return new Problem(await response.json(), wait);
  } catch {
    const problem = `The server answered with ${response.status}.`;
    return new Problem({ status: response.status, problem, remedy: "Try again." }, wait);
  }
}

function waitFor(status, given) {
  if (status !== 429 && status !== 503) return null;
  return Number.isFinite(given) ? Math.max(1, given) : USUAL_WAIT;
}

/** The lines of a stream; the last one may be long, for it holds a photo. */
async function* lines(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let held = [];
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const [first, ...rest] = piece.value.split("\n");
      held.push(first);
      for (const next of rest) {
        const line = held.join("");
        held = [next];
        if (line) yield line;
      }
    }
    if (held.join("")) yield held.join("");
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(GONE);
  } finally {
    reader.cancel().catch(() => {});
  }
}
