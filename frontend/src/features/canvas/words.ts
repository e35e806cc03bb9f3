import type { TFunction } from "i18next";
import type { Catalogue, FlowNode } from "~/api/types";
import { factsOf } from "~/model/describe";

export type CanvasT = TFunction<"canvas">;

/** A node's second line, for example "Sage 50 · once per deal". */
export function secondLine(node: FlowNode, catalogue: Catalogue | undefined, t: CanvasT): string {
  const facts = factsOf(node, catalogue);
  if (facts.kind === "type") return facts.title;
  if (facts.kind === "map")
    return facts.fields === 0 ? t("line.mapEmpty") : t("line.map", { count: facts.fields });
  if (facts.kind === "filter") return t("line.filter");
  if (facts.kind === "flow") return t("line.flow", { flow: facts.key });
  if (facts.once !== "") return t("line.once", { system: facts.system, thing: facts.once });
  return t("line.call", { system: facts.system, what: facts.what });
}

export const nodeName = (node: FlowNode | undefined, id: string): string =>
  node?.name || id.replaceAll("_", " ");
