// The lab's API, as its OpenAPI description says. Addresses are relative, so that the page works below any root path.

const BASE = new URL("./", document.baseURI);

/** What went wrong, as the server says it: what, where, and what to do. */
export class Refusal extends Error {
  constructor(said, status = 0, retry = 0) {
    super(said.message || "The lab could not answer.");
    Object.assign(this, { code: said.code || "", hint: said.hint || "", where: said.where || "", status, retry });
  }
}

const UNREACHED = {
  code: "unreached",
  message: "The lab does not answer.",
  hint: "See whether `counterflow lab` still runs where you started it, then try again.",
};

async function refusal(response) {
  let said = {};
  try {
    said = (await response.json()).error || {};
  } catch {
    said = { message: `The lab answered with status ${response.status}.`, hint: "Try again; if it stays, start the lab anew." };
  }
  return new Refusal(said, response.status, Number(response.headers.get("Retry-After")) || 0);
}

const KEPT = "counterflow-token";

/** Keep a token for this tab alone. */
export const keepToken = (token) => sessionStorage.setItem(KEPT, token);

export const hasToken = () => sessionStorage.getItem(KEPT) !== null;

/** Take the token out of an address such as /#token=...&s1...: it is never part of a link, and what follows it stays. One that was cut in the middle of a character is none. */
export function takeToken() {
  const found = /^#token=([^&]+)(?:&(.*))?$/.exec(location.hash);
  if (!found) return;
  history.replaceState(null, "", location.pathname + location.search + (found[2] ? `#${found[2]}` : ""));
  try {
    keepToken(decodeURIComponent(found[1]));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
}

function withToken(headers = {}) {
  const token = sessionStorage.getItem(KEPT);
  return token ? { ...headers, Authorization: `Bearer ${token}` } : headers;
}

/** Ask for `path`; throws a Refusal where the answer is one. Aborts pass through as they are. */
export async function ask(path, options = {}) {
  let response;
  try {
    const headers = withToken(options.headers);
    response = await fetch(new URL(`api/${path}`, BASE), { cache: "no-store", ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(UNREACHED);
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

export const get = async (path, signal) => (await ask(path, { signal })).json();

export async function post(path, body, signal) {
  const headers = { "Content-Type": "application/json" };
  return (await ask(path, { method: "POST", headers, body: JSON.stringify(body), signal })).json();
}

/** The text of an answer that is not JSON, such as a strategy file. */
export async function postForText(path, body) {
  const headers = { "Content-Type": "application/json" };
  return (await ask(path, { method: "POST", headers, body: JSON.stringify(body) })).text();
}

/** Send the bytes of a file to be read, with the day of the document where the reader knows it. */
export async function sendDocument(file, date = "") {
  const headers = {
    "Content-Type": file.type || "application/octet-stream",
    "X-Filename": encodeURIComponent(file.name),
  };
  return (await ask(`documents${date ? `?date=${encodeURIComponent(date)}` : ""}`, { method: "POST", headers, body: file })).json();
}

export const cancelJob = (id) => ask(`jobs/${encodeURIComponent(id)}`, { method: "DELETE" });
export const jobAddress = (id, name) => new URL(`api/jobs/${encodeURIComponent(id)}/${name}`, BASE).href;

/** Whether the lab is reached, and the model ready to be asked: {ready, reached}. */
export async function health() {
  try {
    const response = await fetch(new URL("health", BASE), { cache: "no-store" });
    return { ready: response.ok, reached: true };
  } catch {
    return { ready: false, reached: false };
  }
}
