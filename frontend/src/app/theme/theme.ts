import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const accent = Array.from(
  { length: 10 },
  (_, shade) => `var(--accent-${shade})`,
) as unknown as MantineColorsTuple;

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 8, dark: 6 },
  colors: { accent },
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: "md",
  radius: { xs: "4px", sm: "6px", md: "6px", lg: "8px", xl: "12px" },
  fontSizes: { xs: "12px", sm: "13px", md: "13px", lg: "14px", xl: "18px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "20px", xl: "24px" },
  shadows: {
    xs: "var(--shadow-1)",
    sm: "var(--shadow-2)",
    md: "var(--shadow-3)",
    lg: "var(--shadow-3)",
    xl: "var(--shadow-3)",
  },
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 120 }, fz: 12, px: 8, py: 4 } },
    Menu: { defaultProps: { shadow: "md", transitionProps: { duration: 160 }, radius: "lg" } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: "xl",
        size: 560,
        overlayProps: { color: "var(--scrim)", backgroundOpacity: 1 },
      },
    },
  },
});

/** Mantine's own variables, all pointing at our tokens: one source of colour for both. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-bright": "var(--text)",
    "--mantine-color-dimmed": "var(--text-3)",
    "--mantine-color-placeholder": "var(--text-3)",
    "--mantine-color-anchor": "var(--accent-text)",
    "--mantine-color-error": "var(--bad)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-default-color": "var(--text)",
    "--mantine-color-default-border": "var(--control)",
    "--mantine-color-disabled": "var(--sunken)",
    "--mantine-color-disabled-color": "var(--text-3)",
    "--mantine-color-disabled-border": "var(--line)",
    "--mantine-primary-color-filled": "var(--accent)",
    "--mantine-primary-color-light": "var(--accent-soft)",
    "--mantine-primary-color-light-color": "var(--accent-text)",
  };
  return { variables: { "--mantine-line-height": "20px" }, light: shared, dark: shared };
};
