/** What the journeys run against, from the environment. Names of the product's own test command come first. */

const env = process.env;

export const mockPort = Number(env.MOCK_PORT ?? 8199);
const given = env.E2E_URL ?? env.INTERLOCK_URL ?? "";
export const usesMock = given === "";
export const origin = usesMock ? `http://127.0.0.1:${mockPort}` : given.replace(/\/$/, "");
export const sandbox = usesMock
  ? origin
  : (env.E2E_SANDBOX_URL ?? env.INTERLOCK_SANDBOX_URL ?? "").replace(/\/$/, "");
export const username = usesMock ? "anna" : (env.INTERLOCK_USER ?? "admin");
export const password = usesMock ? "correct horse" : (env.E2E_PASSWORD_ADMIN ?? env.INTERLOCK_PASSWORD ?? "");

/** Where pictures for the documentation go; none are taken unless asked for. */
export const pictures = env.E2E_PICTURES ?? "";

export const FLOW = "closed-won-to-invoice";
