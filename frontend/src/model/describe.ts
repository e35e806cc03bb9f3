import type { Catalogue, FlowNode, Json } from "~/api/types";

/** What a node says about itself, from its document and the catalogue: second line, icon, monogram. */

const MONOGRAM: Record<string, string> = {
  streak: "ST",
  sage50: "S50",
  infor: "M3",
  http: "HT",
  notify: "NO",
  files: "FI",
};

const BY_VERB: [RegExp, string][] = [
  [/^find_or_create_/, "user-plus"],
  [/^(get|find)_(contact|customer|user)/, "user-search"],
  [/^(get|find)_organization/, "building-2"],
  [/^(get|find|list|search)_/, "file-search"],
  [/^create_(customer|contact)/, "user-plus"],
  [/^create_comment/, "message-square"],
  [/^create_/, "file-plus"],
  [/^(update|write|set)_/, "pencil-line"],
  [/^(delete|void|cancel)_/, "trash-2"],
  [/^(send|notify)/, "send"],
];

const BY_TYPE: Record<string, string> = {
  trigger: "zap",
  map: "shuffle",
  filter: "filter",
  branch: "split",
  merge: "merge",
  for_each: "repeat",
  stop: "octagon-x",
};

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** "streak.get_box" → ["streak", "get_box"]; a node that calls nothing → ["", ""]. */
export function operationOf(node: FlowNode): [connector: string, operation: string] {
  const config = node.config ?? {};
  const full = text(config.operation) || text(config.trigger) || text(config.source);
  const dot = full.indexOf(".");
  return dot < 0 ? ["", full] : [full.slice(0, dot), full.slice(dot + 1)];
}

export function iconOf(node: FlowNode): string {
  const kind = node.type.split(".")[0] ?? node.type;
  if (BY_TYPE[kind] !== undefined) return BY_TYPE[kind];
  const [, operation] = operationOf(node);
  return BY_VERB.find(([pattern]) => pattern.test(operation))?.[1] ?? "plug";
}

export function monogramOf(connector: string): string {
  return MONOGRAM[connector] ?? connector.slice(0, 2).toUpperCase();
}

export function connectorTitle(connector: string, catalogue: Catalogue | undefined): string {
  return catalogue?.connectors.find((c) => c.id === connector)?.title ?? connector;
}

/** The expression of "Once per …", whatever shape the document gives it. */
function identityOf(node: FlowNode): string {
  const config = node.config ?? {};
  const value = config.identity ?? config.once_per;
  const first = Array.isArray(value) ? value[0] : value;
  if (typeof first === "string") return first;
  if (first !== null && typeof first === "object" && !Array.isArray(first)) return text(first.$expr);
  return "";
}

/** "$steps.deal.key" → "deal": the thing whose key makes the write happen once. */
export function oncePer(node: FlowNode): string {
  const match = /\$steps\.(\w+)\./.exec(identityOf(node));
  if (match?.[1] !== undefined) return match[1].replaceAll("_", " ");
  return identityOf(node).startsWith("$event") ? "event" : "";
}

export type Facts =
  | { kind: "call"; system: string; operation: string; once: string }
  | { kind: "trigger"; system: string; operation: string }
  | { kind: "map"; fields: number }
  | { kind: "type"; title: string };

function mappedFields(config: { [key: string]: Json }): number {
  const mapping = config.mapping ?? config.map ?? config.fields;
  if (Array.isArray(mapping)) return mapping.length;
  if (mapping === null || typeof mapping !== "object") return 0;
  return Array.isArray(mapping.fields) ? mapping.fields.length : Object.keys(mapping).length;
}

/** The facts of a node's second line. Words are put around them by the caller (translated). */
export function factsOf(node: FlowNode, catalogue: Catalogue | undefined): Facts {
  const [connector, operation] = operationOf(node);
  const system = connectorTitle(connector, catalogue);
  const known = catalogue?.connectors.find((c) => c.id === connector);
  const titled = (list: { id: string; title: string }[] | undefined) =>
    list?.find((o) => o.id === `${connector}.${operation}` || o.id === operation)?.title ??
    operation.replaceAll("_", " ");
  const kind = node.type.split(".")[0] ?? node.type;
  if (kind === "trigger" && connector) return { kind: "trigger", system, operation: titled(known?.triggers) };
  if (connector) return { kind: "call", system, operation: titled(known?.operations), once: oncePer(node) };
  if (kind === "map") return { kind: "map", fields: mappedFields(node.config ?? {}) };
  return {
    kind: "type",
    title: catalogue?.node_types.find((t) => t.id === node.type)?.title ?? node.type.replaceAll("_", " "),
  };
}

/** The connectors a flow touches, in the order of its nodes, each once. */
export function systemsOf(slots: { connector: string }[]): string[] {
  return [...new Set(slots.map((slot) => slot.connector))];
}
