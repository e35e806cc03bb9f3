import { lazy, Suspense } from "react";
import { Navigate, useLocation } from "react-router";
import { useSession } from "~/api/queries/session";
import { Shell } from "~/app/shell/Shell";
import { LoadProblem } from "~/ui/Blank";

const SignInPage = lazy(() => import("~/features/auth/SignInPage"));

/** Nothing behind it is shown, or asked for, before somebody is signed in. */
export function SessionGate() {
  const { data, error, refetch } = useSession();
  const { pathname } = useLocation();
  if (data === undefined) return error ? <LoadProblem error={error} retry={() => void refetch()} /> : null;
  if (!data.authenticated) {
    return (
      <Suspense>
        <SignInPage />
      </Suspense>
    );
  }
  if (pathname === "/sign-in") return <Navigate to="/" replace />;
  return <Shell />;
}
