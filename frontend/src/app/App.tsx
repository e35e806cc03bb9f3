import { type ComponentType, lazy, Suspense } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { PageBoundary } from "~/app/PageBoundary";
import { SessionGate } from "~/features/auth/SessionGate";
import { Loading } from "~/ui/Blank";

/** Every page is its own chunk. */
const pages = {
  home: lazy(() => import("~/features/home/HomePage")),
  flows: lazy(() => import("~/features/flows/FlowsPage")),
  flow: lazy(() => import("~/features/flows/FlowPage")),
  runs: lazy(() => import("~/features/runs/RunsPage")),
  run: lazy(() => import("~/features/runs/RunPage")),
  approvals: lazy(() => import("~/features/approvals/ApprovalsPage")),
  failures: lazy(() => import("~/features/failures/FailuresPage")),
  missing: lazy(() => import("~/features/home/NotFound")),
};

function page(Page: ComponentType) {
  return (
    <PageBoundary>
      <Suspense fallback={<Loading />}>
        <Page />
      </Suspense>
    </PageBoundary>
  );
}

export function Pages() {
  return (
    <Routes>
      <Route element={<SessionGate />}>
        <Route index element={page(pages.home)} />
        <Route path="flows" element={page(pages.flows)} />
        <Route path="flows/:key" element={page(pages.flow)} />
        <Route path="runs" element={page(pages.runs)} />
        <Route path="runs/:id" element={page(pages.run)} />
        <Route path="failures/:id?" element={page(pages.failures)} />
        <Route path="approvals/:id?" element={page(pages.approvals)} />
        <Route path="*" element={page(pages.missing)} />
      </Route>
    </Routes>
  );
}

export function App() {
  return (
    <BrowserRouter>
      <Pages />
    </BrowserRouter>
  );
}
