import { expect, test, vi } from "vitest";
import { apiUrl, csrfToken, onSignedOut, request } from "~/api/client";
import { ApiProblem } from "~/api/problem";

function answer(status: number, body: unknown, type = "application/json") {
  const fetched = vi.fn(
    async (_url: string, _init: RequestInit) =>
      new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } }),
  );
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

test("empty filters are left out of the address", () => {
  expect(apiUrl("/runs/", { q: "a b", state: "", cursor: null, limit: 20 })).toBe(
    "/api/v1/runs/?q=a+b&limit=20",
  );
});

test("the token is read from the cookies, wherever it stands", () => {
  expect(csrfToken("a=1; csrftoken=xyz; b=2")).toBe("xyz");
  expect(csrfToken("mycsrftoken=no")).toBe("");
});

test("only writes carry the token", async () => {
  // biome-ignore lint/suspicious/noDocumentCookie: jsdom's cookie is what the client reads
  document.cookie = "csrftoken=t0k";
  const fetched = answer(200, {});
  await request("GET", "/runs/");
  await request("POST", "/runs/1/cancel/", { body: {} });
  const headers = fetched.mock.calls.map(([, init]) => init.headers as Record<string, string>);
  expect(headers[0]).not.toHaveProperty("X-CSRFToken");
  expect(headers[1]).toMatchObject({ "X-CSRFToken": "t0k", "Content-Type": "application/json" });
});

test("a refusal keeps the server's words and code", async () => {
  answer(
    409,
    { title: "Conflict", detail: "This run is no longer parked.", code: "not_parked" },
    "application/problem+json",
  );
  const error = await request("POST", "/runs/1/retry/").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiProblem);
  expect(error).toMatchObject({ status: 409, code: "not_parked", message: "This run is no longer parked." });
});

test("a page that is not JSON is a refusal, too", async () => {
  vi.stubGlobal("fetch", async () => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  await expect(request("GET", "/runs/")).rejects.toMatchObject({ status: 502 });
});

test("no answer at all is said as such", async () => {
  vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("failed")));
  await expect(request("GET", "/runs/")).rejects.toMatchObject({ status: 0, code: "offline" });
});

test("the end of a session is told to whoever listens", async () => {
  answer(401, { code: "sign_in" });
  const told = vi.fn();
  const stop = onSignedOut(told);
  await request("GET", "/runs/").catch(() => undefined);
  stop();
  await request("GET", "/runs/").catch(() => undefined);
  expect(told).toHaveBeenCalledOnce();
});
