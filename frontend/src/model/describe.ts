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
  try_scope: "shield",
  sub_flow: "workflow",
  result: "corner-down-left",
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
  const title = catalogue?.connectors.find((c) => c.id === connector)?.title ?? connector;
  return title.replace(/\s*\(.*\)$/, "");
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

const words = (id: string): string => id.replaceAll("_", " ");

/** What a write happens once per: "$steps.deal.key" → "deal"; of find-or-create, the thing it finds. */
export function oncePer(node: FlowNode): string {
  const source = identityOf(node);
  const match = /\$steps\.(\w+)\./.exec(source);
  if (match?.[1] !== undefined) return words(match[1]);
  if (source.startsWith("$event")) return "event";
  return words(/^find_or_create_(\w+)$/.exec(operationOf(node)[1])?.[1] ?? "");
}

/** The fields an update writes, by the names people gave them. */
function writtenFields(config: { [key: string]: Json }): string[] {
  const input = config.input;
  if (input === undefined || input === null || typeof input !== "object" || Array.isArray(input)) return [];
  const fields = input.fields;
  if (fields === undefined || fields === null || typeof fields !== "object" || Array.isArray(fields))
    return [];
  return Object.keys(fields);
}

/** The key of the flow a step calls; "" for any other step. */
export const calledFlow = (node: FlowNode): string =>
  node.type === "sub_flow" ? text(node.config?.flow) : "";

export type Facts =
  | { kind: "call"; system: string; what: string; once: string }
  | { kind: "map"; fields: number }
  | { kind: "filter" }
  | { kind: "flow"; key: string }
  | { kind: "type"; title: string };

function mappedFields(config: { [key: string]: Json }): number {
  const mapping = config.mapping ?? config.map ?? config.fields;
  if (Array.isArray(mapping)) return mapping.length;
  if (mapping === null || typeof mapping !== "object") return 0;
  return Array.isArray(mapping.fields) ? mapping.fields.length : Object.keys(mapping).length;
}

/** What a call is about, besides its verb (which the node's name says): the thing read, or the fields written. */
function subjectOf(node: FlowNode, operation: string): string {
  const fields = writtenFields(node.config ?? {});
  if (fields.length > 0) return fields.join(", ");
  return words(operation.replace(/^(get|find|list|create|update|delete|void)_/, ""));
}

/** The facts of a node's second line. Words are put around them by the caller (translated). */
export function factsOf(node: FlowNode, catalogue: Catalogue | undefined): Facts {
  const [connector, operation] = operationOf(node);
  const system = connectorTitle(connector, catalogue);
  const kind = node.type.split(".")[0] ?? node.type;
  if (kind === "trigger" && connector) {
    const known = catalogue?.connectors.find((c) => c.id === connector)?.triggers ?? [];
    const title = known.find((t) => t.id === `${connector}.${operation}` || t.id === operation)?.title;
    return { kind: "call", system, what: title ?? words(operation), once: "" };
  }
  if (connector) return { kind: "call", system, what: subjectOf(node, operation), once: oncePer(node) };
  if (kind === "map") return { kind: "map", fields: mappedFields(node.config ?? {}) };
  if (kind === "filter") return { kind: "filter" };
  if (kind === "sub_flow") return { kind: "flow", key: calledFlow(node) };
  return {
    kind: "type",
    title: catalogue?.node_types.find((t) => t.id === node.type)?.title ?? words(node.type),
  };
}

/** The connectors a flow touches, in the order of its nodes, each once. */
export function systemsOf(slots: { connector: string }[]): string[] {
  return [...new Set(slots.map((slot) => slot.connector))];
}
