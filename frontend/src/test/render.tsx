import { render } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { Pages } from "~/app/App";
import { makeQueryClient, Providers } from "~/app/providers";

/** The whole app at an address. */
export function open(address: string) {
  const client = makeQueryClient();
  client.setDefaultOptions({ queries: { retry: false } });
  return render(
    <Providers client={client}>
      <MemoryRouter initialEntries={[address]}>
        <Pages />
      </MemoryRouter>
    </Providers>,
  );
}
