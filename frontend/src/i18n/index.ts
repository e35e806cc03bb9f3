import i18n from "i18next";
import { initReactI18next } from "react-i18next";
import approvals from "~/i18n/en/approvals.json";
import auth from "~/i18n/en/auth.json";
import canvas from "~/i18n/en/canvas.json";
import common from "~/i18n/en/common.json";
import failures from "~/i18n/en/failures.json";
import flows from "~/i18n/en/flows.json";
import operate from "~/i18n/en/operate.json";
import runs from "~/i18n/en/runs.json";

/** English ships inside the shell. A second language is a folder beside `en`, fetched when it is chosen. */
export const en = { common, auth, flows, canvas, runs, failures, approvals, operate };

export type Namespace = keyof typeof en;
const NAMESPACES = Object.keys(en) as Namespace[];
const STORED = "interlock-language";

const others = import.meta.glob<{ default: Record<string, unknown> }>(["./*/*.json", "!./en/*.json"]);

export function languages(): string[] {
  return [...new Set(["en", ...Object.keys(others).map((path) => path.split("/")[1] ?? "en")])];
}

async function load(language: string): Promise<void> {
  await Promise.all(
    NAMESPACES.map(async (namespace) => {
      const file = await others[`./${language}/${namespace}.json`]?.();
      if (file !== undefined) i18n.addResourceBundle(language, namespace, file.default);
    }),
  );
}

/** The reader's choice, else the browser's first language that we have, else English. */
export function preferredLanguage(): string {
  const stored = localStorage.getItem(STORED);
  const wanted = [stored, ...navigator.languages.map((tag) => tag.split("-")[0])];
  return wanted.find((tag) => tag !== null && tag !== undefined && languages().includes(tag)) ?? "en";
}

export async function startI18n(language: string = preferredLanguage()): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    ns: NAMESPACES,
    defaultNS: "common",
    resources: { en },
    interpolation: { escapeValue: false },
    returnEmptyString: true,
  });
  if (language !== "en") await load(language);
  document.documentElement.lang = i18n.language;
}
