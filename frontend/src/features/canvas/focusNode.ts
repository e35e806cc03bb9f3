/** Put the focus on a step, on the canvas or in the outline, whichever is shown. */
export function focusNode(within: ParentNode | null, node: string): void {
  const id = CSS.escape(node);
  within
    ?.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"], [data-testid="outline-${id}"]`)
    ?.focus();
}
