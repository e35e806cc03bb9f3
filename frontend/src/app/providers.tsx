import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { isProblem } from "~/api/problem";
import { styleNonce } from "~/app/nonce";
import { cssVariablesResolver, theme } from "~/app/theme/theme";
import { Toaster } from "~/ui/Toaster";

const schemes = localStorageColorSchemeManager({ key: "interlock-color-scheme" });

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 3_000,
        retry: (failures, error) =>
          failures < 2 && !(isProblem(error) && error.status >= 400 && error.status < 500),
      },
    },
  });
}

export function Providers({ client, children }: { client: QueryClient; children: ReactNode }) {
  return (
    <QueryClientProvider client={client}>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={schemes}
        cssVariablesResolver={cssVariablesResolver}
        getStyleNonce={styleNonce}
        deduplicateCssVariables={false}
      >
        {children}
        <Toaster />
      </MantineProvider>
    </QueryClientProvider>
  );
}
