import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { getCatalogue, getSession, signIn, signOut } from "~/api/endpoints";
import type { Environment, Session } from "~/api/types";
import { useUi } from "~/stores/uiStore";

export const sessionKey = ["session"] as const;

export function useSession() {
  return useQuery({ queryKey: sessionKey, queryFn: getSession, staleTime: 60_000 });
}

/** The session of somebody who is signed in. Only for parts inside the session gate. */
export function useSignedIn(): Session {
  const { data } = useSession();
  if (data === undefined) throw new Error("used outside the session gate");
  return data;
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (form: { username: string; password: string }) => signIn(form.username, form.password),
    onSuccess: async (session) => {
      client.setQueryData(sessionKey, session);
      useUi.getState().setSignInNeeded(false);
      await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      await client.invalidateQueries({ queryKey: sessionKey });
    },
  });
}

export function useCatalogue() {
  return useQuery({ queryKey: ["catalogue"], queryFn: getCatalogue, staleTime: Number.POSITIVE_INFINITY });
}

/** The environment everything on screen is about: the one chosen, else the first in promotion order. */
export function useEnvironment(): {
  environment: string;
  environments: Environment[];
  choose: (key: string) => void;
} {
  const session = useSignedIn();
  const chosen = useUi((s) => s.environment);
  const choose = useUi((s) => s.setEnvironment);
  const environments = session.environments.toSorted((a, b) => a.order - b.order);
  const first = environments[0]?.key ?? "";
  const environment = environments.some((e) => e.key === chosen) ? chosen : first;
  useEffect(() => {
    if (environment !== "" && environment !== chosen) choose(environment);
  }, [environment, chosen, choose]);
  return { environment, environments, choose };
}
