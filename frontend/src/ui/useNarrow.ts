import { useMediaQuery } from "@mantine/hooks";

/** Below 900 px: the canvas becomes a list, side panels become sheets. */
export function useNarrow(): boolean {
  return useMediaQuery("(max-width: 900px)", false, { getInitialValueInEffect: false }) ?? false;
}
