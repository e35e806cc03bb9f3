import type { ReactNode } from "react";
import styles from "~/ui/Table.module.css";

type Props = { title?: ReactNode; aside?: ReactNode; children: ReactNode; label?: string };

export function Card({ title, aside, children, label }: Props) {
  return (
    <section className={styles.card} aria-label={label}>
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}
