import { useClipboard } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Check, ChevronDown, ChevronRight, Copy } from "lucide-react";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "~/api/types";
import styles from "~/features/data/JsonTree.module.css";
import { deeperThan, type JsonRow, rowsOf } from "~/model/jsonTree";

const ROW = 22;
const FEW = 200;
const DEEPEST = 5;

type RowProps = { row: JsonRow; focused: boolean; toggle: () => void; onFocus: () => void };

function Row({ row, focused, toggle, onFocus }: RowProps) {
  const { t } = useTranslation("runs");
  const { copied, copy } = useClipboard({ timeout: 1200 });
  const Chevron = row.open ? ChevronDown : ChevronRight;
  const size =
    row.kind === "list" ? t("data.items", { count: row.size }) : t("data.fields", { count: row.size });
  const scalar = row.text !== "";
  return (
    <div
      className={styles.row}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-expanded={row.size > 0 ? row.open : undefined}
      tabIndex={focused ? 0 : -1}
      data-row={row.id}
      data-depth={Math.min(row.depth, DEEPEST)}
      onFocus={onFocus}
    >
      <button type="button" className={styles.toggle} tabIndex={-1} aria-hidden onClick={toggle}>
        {row.size > 0 && <Chevron size={12} />}
      </button>
      <span className={styles.key}>{row.key}</span>
      {scalar ? (
        <span
          className={styles.value}
          data-kind={row.kind}
          title={row.text.length > 40 ? row.text : undefined}
        >
          {row.text}
        </span>
      ) : (
        <span className={styles.size}>{size}</span>
      )}
      {scalar && (
        <button
          type="button"
          className={styles.copy}
          tabIndex={focused ? 0 : -1}
          aria-label={t("data.copyValue", { key: row.key })}
          onClick={() => copy(row.kind === "text" ? (JSON.parse(row.text) as string) : row.text)}
        >
          {copied ? <Check size={12} aria-hidden /> : <Copy size={12} aria-hidden />}
        </button>
      )}
    </div>
  );
}

/** Which row an arrow key leads to, or whether it folds this one. */
function move(rows: JsonRow[], at: number, key: string): { to?: number; fold?: boolean } {
  const row = rows[at];
  if (row === undefined) return {};
  const parent = rows.findIndex((other) => other.id === row.parent);
  switch (key) {
    case "ArrowDown":
      return { to: Math.min(rows.length - 1, at + 1) };
    case "ArrowUp":
      return { to: Math.max(0, at - 1) };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: rows.length - 1 };
    case "ArrowRight":
      return row.size > 0 && !row.open ? { fold: true } : { to: Math.min(rows.length - 1, at + 1) };
    case "ArrowLeft":
      if (row.open) return { fold: true };
      return parent < 0 ? {} : { to: parent };
    default:
      return {};
  }
}

/** A value as a tree: folds, copies, walks by keyboard, and draws only what is in view when it is long. */
export function JsonTree({ value, label }: { value: Json; label: string }) {
  const [closed, setClosed] = useState(() => deeperThan(value, 3));
  const [focus, setFocus] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(value, closed), [value, closed]);
  const long = rows.length > FEW;
  const virtual = useVirtualizer({
    count: rows.length,
    enabled: long,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  });

  const toggle = (id: string) =>
    setClosed((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });

  const onKeyDown = (event: KeyboardEvent) => {
    const next = move(rows, focus, event.key);
    const row = rows[focus];
    if (next.fold && row !== undefined) toggle(row.id);
    if (next.to === undefined && !next.fold) return;
    event.preventDefault();
    event.stopPropagation();
    if (next.to === undefined) return;
    if (long) virtual.scrollToIndex(next.to);
    setFocus(next.to);
    const id = rows[next.to]?.id;
    requestAnimationFrame(() => {
      box.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id ?? "")}"]`)?.focus();
    });
  };

  const draw = (row: JsonRow, index: number) => (
    <Row
      key={row.id}
      row={row}
      focused={index === focus}
      toggle={() => toggle(row.id)}
      onFocus={() => setFocus(index)}
    />
  );
  const window = virtual.getVirtualItems();
  const above = window[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (window.at(-1)?.end ?? 0);
  return (
    <div className={styles.tree} role="tree" aria-label={label} ref={box} onKeyDown={onKeyDown}>
      {long && <div style={{ height: above }} />}
      {long
        ? window.map((item) => rows[item.index] && draw(rows[item.index] as JsonRow, item.index))
        : rows.map(draw)}
      {long && <div style={{ height: below }} />}
    </div>
  );
}
