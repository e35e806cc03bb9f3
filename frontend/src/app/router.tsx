import { createBrowserRouter } from "react-router";
import { NotFound, PageProblem } from "~/app/PageProblem";
import { SessionGate } from "~/features/auth/SessionGate";

/** Every page is its own chunk; work screens ask for the slim rail. */
export const router = createBrowserRouter([
  {
    path: "/",
    Component: SessionGate,
    ErrorBoundary: PageProblem,
    HydrateFallback: () => null,
    children: [
      {
        ErrorBoundary: PageProblem,
        children: [
          {
            index: true,
            lazy: async () => ({ Component: (await import("~/features/home/HomePage")).HomePage }),
          },
          {
            path: "flows",
            lazy: async () => ({ Component: (await import("~/features/flows/FlowsPage")).FlowsPage }),
          },
          {
            path: "flows/:key",
            handle: { slim: true },
            lazy: async () => ({ Component: (await import("~/features/flows/FlowPage")).FlowPage }),
          },
          {
            path: "runs",
            lazy: async () => ({ Component: (await import("~/features/runs/RunsPage")).RunsPage }),
          },
          {
            path: "runs/:id",
            handle: { slim: true },
            lazy: async () => ({ Component: (await import("~/features/runs/RunPage")).RunPage }),
          },
          {
            path: "failures/:id?",
            lazy: async () => ({
              Component: (await import("~/features/failures/FailuresPage")).FailuresPage,
            }),
          },
          { path: "*", Component: NotFound },
        ],
      },
    ],
  },
]);
